package io.posthorn.examples;

import io.posthorn.events.EventBus;
import io.posthorn.events.Posthorn;
import io.posthorn.events.Publish;
import io.posthorn.events.Subscribe;
import io.posthorn.events.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// A chat: rooms are topics, whoever is in a room hears what is said there, and the moderator hears everything.
public final class ChatRoom {
    record Said(String who, String what) {}

    record WhoIsHere(String room) {}

    record Here(List<String> names) {}

    private ChatRoom() {}

    public static void main(String[] arguments) throws InterruptedException {
        try (var posthorn = Posthorn.open(arguments[0])) {
            EventBus bus = posthorn.bus();
            var heard = new CountDownLatch(5);
            var open = new ArrayList<Subscription>();
            for (String name : List.of("ada", "grace")) {
                open.add(bus.subscribe(Subscribe.to(Said.class).topic("chat.engines"), (said, _) -> {
                    System.out.println(name + " hears " + said.who() + " say: " + said.what());
                    heard.countDown();
                }));
            }
            open.add(bus.subscribe(Subscribe.to(Said.class).topic("chat.#"), (said, context) -> {
                System.out.println("moderator, in " + context.topic() + ": " + said.what());
                heard.countDown();
            }));
            open.add(bus.subscribe(WhoIsHere.class, (_, context) -> context.reply(new Here(List.of("ada", "grace")))));

            bus.publish(new Said("ada", "it weaves algebraic patterns"), Publish.to("chat.engines"));
            bus.publish(new Said("alan", "nobody here?"), Publish.to("chat.bombes"));
            bus.publish(new Said("grace", "found a moth"), Publish.to("chat.engines.archive"));
            Here here = bus.request(new WhoIsHere("chat.engines"), Here.class, Duration.ofSeconds(10));
            System.out.println("in the room: " + String.join(", ", here.names()));
            heard.await();
            open.forEach(Subscription::close);
        }
    }
}
