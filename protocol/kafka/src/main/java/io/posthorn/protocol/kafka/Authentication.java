package io.posthorn.protocol.kafka;

import io.posthorn.log.Bytes;
import io.posthorn.protocol.connection.Printable;
import io.posthorn.protocol.kafka.ConnectionState.Authenticating;
import io.posthorn.protocol.kafka.SaslLogin.Step;
import io.posthorn.transport.ReadGate;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.SaslAuthenticateRequest;
import org.apache.kafka.common.requests.SaslAuthenticateResponse;
import org.apache.kafka.common.requests.SaslHandshakeRequest;
import org.apache.kafka.common.requests.SaslHandshakeResponse;

/// How a stranger becomes a user: the requests of SASL, and the tokens without any that came before them.
/// While a login is checked, nothing is read. Confined to the thread of its connection.
final class Authentication {
    private static final System.Logger LOG = System.getLogger(Authentication.class.getName());

    private final KafkaConnection connection;
    private final KafkaService service;
    private final LogIn logIn;
    private final ReadGate gate;

    Authentication(KafkaConnection connection, KafkaService service, LogIn logIn, ReadGate gate) {
        this.connection = connection;
        this.service = service;
        this.logIn = logIn;
        this.gate = gate;
    }

    /// The client chooses a mechanism.
    CompletableFuture<SaslHandshakeResponse> handshake(KafkaRequest request) {
        String mechanism = request.body(SaslHandshakeRequest.class).data().mechanism();
        var data = new SaslHandshakeResponseData().setMechanisms(SaslLogin.MECHANISMS);
        if (SaslLogin.MECHANISMS.contains(mechanism)) {
            var attempt = new SaslLogin(
                    logIn,
                    mechanism,
                    () -> service.surroundings().broker().administration().current(),
                    service.secret());
            connection.become(new Authenticating(attempt, request.version() == 0));
        } else {
            data.setErrorCode(Errors.UNSUPPORTED_SASL_MECHANISM.code());
            connection.closeBehindAnswers();
        }
        return CompletableFuture.completedFuture(new SaslHandshakeResponse(data));
    }

    /// A token in a request.
    CompletableFuture<SaslAuthenticateResponse> authenticate(KafkaRequest request, SaslLogin attempt) {
        var answer = new CompletableFuture<SaslAuthenticateResponse>();
        gate.close(ReadGate.Reason.LOGIN);
        attempt.respond(request.body(SaslAuthenticateRequest.class).data().authBytes(), step -> {
            answer.complete(new SaslAuthenticateResponse(answer(step, attempt)));
            gate.open(ReadGate.Reason.LOGIN);
        });
        return answer;
    }

    private SaslAuthenticateResponseData answer(Step step, SaslLogin attempt) {
        return switch (step) {
            case Step.Challenge(Bytes token) -> new SaslAuthenticateResponseData().setAuthBytes(token.toByteArray());
            case Step.Accepted(var user, Bytes token) -> {
                Optional<String> refusal = connection.open(user, attempt.mechanism());
                yield refusal.isPresent()
                        ? refused(refusal.get())
                        : new SaslAuthenticateResponseData().setAuthBytes(token.toByteArray());
            }
            case Step.Refused(String reason) -> refused(reason);
        };
    }

    private SaslAuthenticateResponseData refused(String reason) {
        LOG.log(Level.WARNING, "{0}: login refused: {1}", connection.name(), Printable.logged(reason));
        connection.closeBehindAnswers();
        return new SaslAuthenticateResponseData()
                .setErrorCode(Errors.SASL_AUTHENTICATION_FAILED.code())
                .setErrorMessage(reason);
    }

    /// A token by itself. A refusal is the end of the connection.
    void token(byte[] token, SaslLogin attempt) {
        gate.close(ReadGate.Reason.LOGIN);
        attempt.respond(token, step -> {
            SaslAuthenticateResponseData answer = answer(step, attempt);
            if (answer.errorCode() == Errors.NONE.code()) {
                connection.sendToken(answer.authBytes());
            }
            connection.answered();
            gate.open(ReadGate.Reason.LOGIN);
        });
    }
}
