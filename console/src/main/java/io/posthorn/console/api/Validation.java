package io.posthorn.console.api;

import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.console.http.HttpFailure;

/// What RabbitMQ says before it says what is wrong with a policy, a parameter or a limit.
final class Validation {
    private Validation() {}

    static void run(Runnable change) {
        try {
            change.run();
        } catch (PreconditionFailed invalid) {
            throw failed(String.valueOf(invalid.getMessage()));
        }
    }

    static HttpFailure failed(String why) {
        return HttpFailure.badRequest("Validation failed\n\n" + why + "\n");
    }
}
