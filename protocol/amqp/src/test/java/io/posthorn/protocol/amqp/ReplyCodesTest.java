package io.posthorn.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.BrokerException.NotImplemented;
import io.posthorn.protocol.amqp.AmqpSettings.Identity;
import io.posthorn.protocol.amqp.wire.ExchangeMethod;
import io.posthorn.protocol.amqp.wire.Method;
import io.posthorn.protocol.amqp.wire.QueueMethod;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplyCodesTest {
    private static final Method EXCHANGE =
            new ExchangeMethod.Declare("x", "nonsense", false, false, false, false, false, Arguments.NONE);
    private static final Method QUEUE = new QueueMethod.Declare("q", false, false, false, false, false, Arguments.NONE);

    @ParameterizedTest
    @CsvSource({"3.10.8, 503", "4.2.1, 503", "4.3.0, 406", "4.10.0, 406", "5.0, 406", "newest, 406"})
    void anUnknownTypeOfExchangeIsAnsweredAsByTheVersionThatClientsAreTold(String version, int code) {
        var settings = settings(version);
        var failure = new NotImplemented("unknown exchange type 'nonsense'");
        var answer = ReplyCodes.translate(failure, EXCHANGE, settings);
        assertThat(answer.code().number()).isEqualTo(code);
        assertThat(answer.replyText()).endsWith("unknown exchange type 'nonsense'");
        assertThat(ReplyCodes.translate(failure, QUEUE, settings).code().number())
                .isEqualTo(540);
    }

    @ParameterizedTest
    @CsvSource({"3.10.8, access to", "3.13.7, access to", "4.0.0, write access to", "4.3.5, write access to"})
    void whatIsRefusedIsSaidAsByTheVersionThatClientsAreTold(String version, String begin) {
        var failure = new AccessRefused("write", "access to exchange 'x' in vhost '/' refused for user 'u'");
        assertThat(ReplyCodes.translate(failure, EXCHANGE, settings(version)).replyText())
                .isEqualTo("ACCESS_REFUSED - " + begin + " exchange 'x' in vhost '/' refused for user 'u'");
    }

    private static AmqpSettings settings(String version) {
        var defaults = AmqpSettings.DEFAULTS;
        return new AmqpSettings(
                new Identity("RabbitMQ", version, "test"),
                defaults.initialFrameMax(),
                defaults.frameMax(),
                defaults.channelMax(),
                defaults.heartbeatSeconds(),
                defaults.handshakeTimeout(),
                defaults.patienceWithBroker(),
                defaults.maxMessageSize());
    }
}
