package io.posthorn.console.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Delivery;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.admin.AdminChange.PutUser;
import io.posthorn.broker.admin.AdminChange.SetPermissions;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.UserSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Dead letters go back to where they came from, each once, and the others stay.
class ReplayTest {
    private static final String GRAVE = "/v1/vhosts/%2F/queues/grave/dead-letters";

    private final V1World world = new V1World();

    ReplayTest() throws Exception {
        world.declare("grave", Map.of());
        world.declareWithDeadLetters("orders", "grave");
        world.declareWithDeadLetters("mails", "grave");
    }

    @AfterEach
    void stop() {
        world.close();
    }

    private void killSome() throws Exception {
        world.publish("orders", "o1", "o2", "o3");
        world.publish("mails", "m1", "m2");
        world.rejectAll("orders", "grave");
        world.rejectAll("mails", "grave");
    }

    @Test
    void everythingGoesBackToTheQueueInWhichItDied() throws Exception {
        killSome();
        JsonNode done = world.replay("grave", "{}");
        assertThat(done.get("state").stringValue()).isEqualTo("done");
        assertThat(done.get("replayed").intValue()).isEqualTo(5);
        assertThat(world.ready("grave")).isZero();
        assertThat(world.acceptAll("orders")).containsExactly("o1", "o2", "o3");
        assertThat(world.acceptAll("mails")).containsExactly("m1", "m2");
    }

    @Test
    void onlyWhatIsMeantGoesBackAndTheRestIsUntouched() throws Exception {
        killSome();
        world.publish("grave", "never died");
        JsonNode done = world.replay("grave", "{\"where\": {\"queue\": \"mails\", \"reason\": \"rejected\"}}");
        assertThat(done.get("examined").intValue()).isEqualTo(6);
        assertThat(done.get("matched").intValue()).isEqualTo(2);
        assertThat(done.get("replayed").intValue()).isEqualTo(2);
        assertThat(world.acceptAll("mails")).containsExactly("m1", "m2");
        List<Delivery> left = world.takeAll("grave", Outcome.ACCEPTED);
        assertThat(left).hasSize(4).noneMatch(Delivery::redelivered);
        assertThat(left.getLast().message().body().toUtf8()).isEqualTo("never died");
    }

    @Test
    void singleMessagesGoBackByTheirIds() throws Exception {
        killSome();
        JsonNode messages = world.get("/v1/vhosts/%2F/queues/grave/messages").get("messages");
        long second = messages.get(1).get("id").longValue();
        world.replay("grave", "{\"ids\": [" + second + "]}");
        assertThat(world.acceptAll("orders")).containsExactly("o2");
        assertThat(world.ready("grave")).isEqualTo(4);
    }

    @Test
    void aDryRunOnlyCounts() throws Exception {
        killSome();
        JsonNode done = world.replay("grave", "{\"dry_run\": true, \"where\": {\"queue\": \"orders\"}, \"limit\": 2}");
        assertThat(done.get("replayed").intValue()).isEqualTo(2);
        assertThat(world.ready("grave")).isEqualTo(5);
        assertThat(world.ready("orders")).isZero();
    }

    @Test
    void noMoreThanTheLimitGoesBack() throws Exception {
        killSome();
        assertThat(world.replay("grave", "{\"limit\": 2}").get("replayed").intValue())
                .isEqualTo(2);
        assertThat(world.acceptAll("orders")).containsExactly("o1", "o2");
        assertThat(world.ready("grave")).isEqualTo(3);
    }

    @Test
    void aMessageThatDiesAgainAndAgainIsLeftWhereItIs() throws Exception {
        world.publish("orders", "poison");
        for (int i = 0; i < 2; i++) {
            world.rejectAll("orders", "grave");
            assertThat(world.replay("grave", "{\"max_replays\": 2}")
                            .get("replayed")
                            .intValue())
                    .as("replay %d", i)
                    .isEqualTo(1);
        }
        world.rejectAll("orders", "grave");
        JsonNode refused = world.replay("grave", "{\"max_replays\": 2}");
        assertThat(refused.get("replayed").intValue()).isZero();
        assertThat(refused.get("looped").intValue()).isEqualTo(1);
        assertThat(world.ready("grave")).isEqualTo(1);
        JsonNode shown = world.get("/v1/vhosts/%2F/queues/grave/messages")
                .get("messages")
                .get(0);
        assertThat(shown.get("headers").get("x-posthorn-replays").stringValue()).isEqualTo("2");
        assertThat(shown.get("deaths").get(0).get("count").intValue()).isEqualTo(3);
    }

    @Test
    void whatHasNoWhereToGoStays() throws Exception {
        killSome();
        world.delete("mails");
        JsonNode done = world.replay("grave", "{}");
        assertThat(done.get("replayed").intValue()).isEqualTo(3);
        assertThat(done.get("unroutable").intValue()).isEqualTo(2);
        assertThat(world.ready("grave")).isEqualTo(2);
    }

    @Test
    void whatItsTargetDoesNotTakeStays() throws Exception {
        world.declare(
                "small",
                Map.of(
                        "x-max-length",
                        1,
                        "x-overflow",
                        "reject-publish",
                        "x-dead-letter-exchange",
                        "",
                        "x-dead-letter-routing-key",
                        "grave"));
        for (String body : List.of("a", "b", "c")) {
            world.publish("small", body);
            world.rejectAll("small", "grave");
        }
        JsonNode done = world.replay("grave", "{\"rate\": 100000}");
        assertThat(done.get("replayed").intValue() + done.get("refused").intValue())
                .isEqualTo(3);
        assertThat(world.ready("small") + world.ready("grave")).isEqualTo(3);
        assertThat(done.get("refused").intValue()).isEqualTo((int) world.ready("grave"));
    }

    @Test
    void messagesGoElsewhereWhenThatIsWanted() throws Exception {
        killSome();
        world.declare("parking", Map.of());
        world.replay("grave", "{\"exchange\": \"amq.direct\", \"where\": {\"queue\": \"mails\"}}");
        assertThat(world.ready("grave")).as("nothing is bound there").isEqualTo(5);
        world.replay("grave", "{\"exchange\": \"\", \"routing_key\": \"parking\"}");
        assertThat(world.acceptAll("parking")).hasSize(5);
    }

    @Test
    void aSlowReplayGoesOnAndIsCancelled() throws Exception {
        killSome();
        var begun = world.ask("POST", GRAVE + "/replay", "{\"rate\": 1, \"wait\": 0}");
        assertThat(begun.statusCode()).isEqualTo(202);
        String location = begun.headers().firstValue("location").orElseThrow();
        assertThat(world.get(location).get("state").stringValue()).isEqualTo("running");
        assertThat(world.get("/v1/operations").get("operations").get(0).get("id"))
                .isEqualTo(V1World.json(begun).get("id"));
        assertThat(world.ask("DELETE", location, "").statusCode()).isEqualTo(204);
        JsonNode ended = world.get(location);
        while (ended.get("state").stringValue().equals("running")) {
            ended = world.get(location);
        }
        assertThat(ended.get("state").stringValue()).isEqualTo("cancelled");
        long replayed = ended.get("replayed").longValue();
        assertThat(replayed).isLessThan(5);
        assertThat(world.ready("grave")).isEqualTo(5 - replayed);
    }

    @Test
    void aReplayThatCannotGoOnSaysWhy() throws Exception {
        assertThat(world.ask("POST", "/v1/vhosts/%2F/queues/none/dead-letters/replay", "")
                        .statusCode())
                .isEqualTo(404);
        world.declare("stream", Map.of("x-queue-type", "stream"));
        world.publish("stream", "x");
        JsonNode done = world.replay("stream", "{}");
        assertThat(done.get("replayed").intValue()).as("nothing in it has died").isZero();
    }

    @Test
    void whoMayNotReadAQueueLearnsNothingOfWhatLiesThere() throws Exception {
        killSome();
        world.memory.apply(List.of(
                new PutUser(new UserSpec("ann", null, Set.of("management"))),
                new SetPermissions("ann", "/", new PermissionPatterns("", "", "^orders$"))));
        assertThat(world.statusFor("ann", "GET", GRAVE)).isEqualTo(403);
        assertThat(world.statusFor("ann", "POST", GRAVE + "/replay")).isEqualTo(403);
        assertThat(world.statusFor("ann", "GET", "/v1/vhosts/%2F/queues/grave/messages"))
                .isEqualTo(403);
        assertThat(world.statusFor("ann", "PUT", "/v1/vhosts/%2F/queues/orders/pause"))
                .isEqualTo(403);
        var everywhere = world.askAs("ann", "GET", "/v1/vhosts/%2F/dead-letters");
        assertThat(everywhere.statusCode()).isEqualTo(200);
        assertThat(V1World.json(everywhere).get("groups").isEmpty()).isTrue();
        var dead = world.askAs("ann", "GET", "/v1/vhosts/%2F/queues/orders/messages?state=dead");
        assertThat(V1World.json(dead).get("messages").isEmpty()).isTrue();
        String id = world.replay("grave", "{\"dry_run\": true}").get("id").stringValue();
        assertThat(world.statusFor("ann", "GET", "/v1/operations/" + id)).isEqualTo(404);
        assertThat(world.statusFor("ann", "DELETE", "/v1/operations/" + id)).isEqualTo(404);
        assertThat(world.ready("grave")).isEqualTo(5);
    }

    @Test
    void deadLettersAreCountedByWhatTheyHaveInCommon() throws Exception {
        killSome();
        JsonNode byQueue = world.get(GRAVE + "?by=queue,reason");
        assertThat(byQueue.get("complete").booleanValue()).isTrue();
        assertThat(byQueue.get("examined").intValue()).isEqualTo(5);
        JsonNode first = byQueue.get("groups").get(0);
        assertThat(first.get("queue").stringValue()).isEqualTo("orders");
        assertThat(first.get("reason").stringValue()).isEqualTo("rejected");
        assertThat(first.get("routing_key").isNull()).isTrue();
        assertThat(first.get("count").intValue()).isEqualTo(3);
        assertThat(byQueue.get("groups").size()).isEqualTo(2);
        assertThat(world.get(GRAVE + "?by=reason").get("groups").size()).isEqualTo(1);
        assertThat(world.get(GRAVE + "?queue=mails").get("groups").size()).isEqualTo(1);
        JsonNode some = world.get(GRAVE + "?most=2");
        assertThat(some.get("complete").booleanValue()).isFalse();
        JsonNode everywhere = world.get("/v1/vhosts/%2F/dead-letters?by=queue");
        assertThat(everywhere.get("groups").get(0).get("lies_in").stringValue()).isEqualTo("grave");
        assertThat(everywhere.get("groups").size()).isEqualTo(2);
    }
}
