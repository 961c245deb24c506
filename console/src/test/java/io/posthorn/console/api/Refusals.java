package io.posthorn.console.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.console.ManagedBroker.Answered;

/// How routes refuse, to the letter of RabbitMQ.
final class Refusals {
    private Refusals() {}

    static void assertMissing(Answered answer) {
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo("{\"error\":\"Object Not Found\",\"reason\":\"Not Found\"}");
    }

    static void assertBad(Answered answer, String reason) {
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("{\"error\":\"bad_request\",\"reason\":" + reason + "}");
    }

    static void assertRefused(Answered answer, String reason) {
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("{\"error\":\"not_authorised\",\"reason\":\"" + reason + "\"}");
    }
}
