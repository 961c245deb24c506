package io.posthorn.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.admin.VirtualHostSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoutingTest {
    private Topology topology = Topology.EMPTY.apply(new TopologyChange.VirtualHostPut(VirtualHostSpec.named("/")));

    @Test
    void theDefaultExchangeReachesEveryQueueByItsName() {
        queue("q");
        assertThat(route("", "q")).containsExactly("q");
        assertThat(route("", "nobody")).isEmpty();
    }

    @Test
    void aDirectExchangeMatchesEqualKeys() {
        queue("a");
        queue("b");
        bind("amq.direct", "a", "k");
        bind("amq.direct", "b", "other");
        assertThat(route("amq.direct", "k")).containsExactly("a");
        assertThat(route("amq.direct", "K")).isEmpty();
    }

    @Test
    void aFanoutExchangeIgnoresTheKey() {
        queue("a");
        queue("b");
        bind("amq.fanout", "a", "x");
        bind("amq.fanout", "b", "y");
        assertThat(route("amq.fanout", "whatever")).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void severalBindingsToAQueueDeliverOneCopy() {
        queue("a");
        bind("amq.topic", "a", "#");
        bind("amq.topic", "a", "x.*");
        bind("amq.topic", "a", "x.y");
        assertThat(route("amq.topic", "x.y")).containsExactly("a");
    }

    @Test
    void moreRoutingKeysReachMoreQueuesOnceEach() {
        queue("a");
        queue("b");
        bind("amq.direct", "a", "k");
        bind("amq.direct", "b", "l");
        assertThat(names(topology.route("/", "amq.direct", "k", List.of("l", "k", "m"), TestFacts.none())))
                .containsExactlyInAnyOrder("a", "b");
        assertThat(names(topology.route("/", "", "a", List.of("b", "a", "m"), TestFacts.none())))
                .containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void exchangesBoundInACycleRouteOnce() {
        queue("q");
        exchange("x", "direct", Arguments.NONE);
        exchange("y", "fanout", Arguments.NONE);
        bindExchange("x", "y", "k");
        bindExchange("y", "x", "");
        bindExchange("x", "x", "k");
        bind("y", "q", "");
        assertThat(route("x", "k")).containsExactly("q");
        assertThat(route("x", "other")).isEmpty();
    }

    @Test
    void theAlternateExchangeTakesWhatMatchesNothing() {
        queue("q");
        queue("rest");
        exchange("x", "direct", new Arguments(Map.of("alternate-exchange", "ae")));
        bind("x", "q", "k");
        assertThat(route("x", "other")).as("a missing alternate is no error").isEmpty();
        exchange("ae", "fanout", new Arguments(Map.of("alternate-exchange", "x")));
        bind("ae", "rest", "");
        assertThat(route("x", "other")).containsExactly("rest");
        assertThat(route("x", "k")).containsExactly("q");
    }

    @Test
    void theDefaultExchangeAsTheAlternateTakesNothing() {
        queue("q");
        exchange("x", "direct", new Arguments(Map.of("alternate-exchange", "")));
        assertThat(route("x", "q")).isEmpty();
    }

    @Test
    void alternateExchangesInACycleEnd() {
        exchange("x", "direct", new Arguments(Map.of("alternate-exchange", "y")));
        exchange("y", "direct", new Arguments(Map.of("alternate-exchange", "x")));
        assertThat(route("x", "k")).isEmpty();
    }

    @Test
    void aMessageForOneQueueTakesTheRouteThatTheQueueHolds() {
        queue("a");
        bind("amq.direct", "a", "k");
        bind("amq.topic", "a", "#");
        bind("amq.topic", "a", "k");
        var own = topology.queue("/", "a", new SessionId(1)).route();
        assertThat(topology.route("/", "", "a", List.of(), TestFacts.none())).isSameAs(own);
        assertThat(topology.route("/", "amq.direct", "k", List.of(), TestFacts.none()))
                .isSameAs(own);
        assertThat(topology.route("/", "amq.topic", "k", List.of(), TestFacts.none()))
                .isSameAs(own);
    }

    @Test
    void aMissingExchangeIsNotFoundAndAnInternalOneRefused() {
        assertThatThrownBy(() -> route("nope", "k"))
                .isInstanceOf(BrokerException.NotFound.class)
                .hasMessage("no exchange 'nope' in vhost '/'");
        assertThatThrownBy(() -> route("amq.rabbitmq.trace", "k"))
                .isInstanceOf(BrokerException.AccessRefused.class)
                .hasMessage("cannot publish to internal exchange 'amq.rabbitmq.trace' in vhost '/'");
    }

    @Test
    void aDeletedQueueTakesItsBindingsAlong() {
        queue("a");
        bind("amq.topic", "a", "x.#");
        topology = topology.apply(new TopologyChange.QueueDeleted("/", "a"));
        queue("a");
        assertThat(route("amq.topic", "x.y")).isEmpty();
    }

    @Test
    void aChangeLeavesTheOldTopologyAsItWas() {
        queue("a");
        var before = topology;
        bind("amq.fanout", "a", "");
        assertThat(names(before.route("/", "amq.fanout", "", List.of(), TestFacts.none())))
                .isEmpty();
        assertThat(route("amq.fanout", "")).containsExactly("a");
    }

    @Test
    void headersAreAskedForByAHeadersExchangeWithBindingsOnly() {
        queue("a");
        assertThat(route("amq.headers", "")).isEmpty();
        bind("amq.headers", "a", "", new Arguments(Map.of("k", 1)));
        var headers = new Arguments(Map.of("k", 1L));
        assertThat(names(topology.route("/", "amq.headers", "", List.of(), TestFacts.headers(headers))))
                .containsExactly("a");
    }

    private void queue(String name) {
        topology = topology.apply(new TopologyChange.QueueDeclared(
                "/", new QueueSpec(name, true, false, false, Arguments.NONE), topology.nextLog(), null));
    }

    private void exchange(String name, String type, Arguments arguments) {
        topology = topology.apply(new TopologyChange.ExchangeDeclared(
                "/", new ExchangeSpec(name, type, true, false, false, arguments), null));
    }

    private void bind(String source, String queue, String key) {
        bind(source, queue, key, Arguments.NONE);
    }

    private void bind(String source, String queue, String key, Arguments arguments) {
        topology = topology.apply(new TopologyChange.Bound(
                "/", new BindingSpec(source, BindingSpec.Destination.QUEUE, queue, key, arguments)));
    }

    private void bindExchange(String source, String destination, String key) {
        topology = topology.apply(new TopologyChange.Bound(
                "/", new BindingSpec(source, BindingSpec.Destination.EXCHANGE, destination, key, Arguments.NONE)));
    }

    private List<String> route(String exchange, String key) {
        return names(topology.route("/", exchange, key, List.of(), TestFacts.none()));
    }

    private static List<String> names(Route route) {
        var names = new ArrayList<String>();
        for (int i = 0; i < route.size(); i++) {
            names.add(route.queue(i).name());
        }
        return names;
    }
}
