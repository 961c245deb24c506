package io.posthorn.protocol.kafka.security;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.Surroundings;
import java.util.List;

/// What this package answers.
public final class SecurityHandlers {
    private SecurityHandlers() {}

    public static List<ApiHandler> of(Surroundings surroundings) {
        return List.of(new LateSaslHandler(), new ScramCredentialsHandler(surroundings), new AclsHandler(surroundings));
    }
}
