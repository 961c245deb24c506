package io.posthorn.verification.conformance.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.protocol.kafka.RawKafka;
import io.posthorn.verification.conformance.kafka.KafkaServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.SaslAuthenticateRequest;
import org.apache.kafka.common.requests.SaslAuthenticateResponse;
import org.apache.kafka.common.requests.SaslHandshakeRequest;

/// How a test becomes one of its principals.
final class KafkaClient {
    private KafkaClient() {}

    static RawKafka logIn(KafkaServer server, String user) throws IOException {
        var client = new RawKafka(server.port());
        client.ask(new SaslHandshakeRequest.Builder(new SaslHandshakeRequestData().setMechanism("PLAIN"))
                .build((short) 1));
        byte[] token = ("\0" + user + "\0" + Principals.PASSWORD).getBytes(StandardCharsets.UTF_8);
        var answer = client.ask(
                new SaslAuthenticateRequest.Builder(new SaslAuthenticateRequestData().setAuthBytes(token))
                        .build((short) 2),
                SaslAuthenticateResponse.class);
        assertThat(answer.error()).as(user).isEqualTo(Errors.NONE);
        return client;
    }
}
