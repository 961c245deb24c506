package io.posthorn.verification.bench.kafka;

import java.io.IOException;

/// One row of a table, for each server: a load, and what it was like.
record KafkaCase(Kind kind, String name, Load load) {
    /// Puts the load on a server.
    interface Load {
        /// @return as many figures as the kind has columns
        double[] on(KafkaServer server) throws IOException, InterruptedException;
    }

    /// Two cases of one name are one: what rounds have in common.
    @Override
    public boolean equals(Object other) {
        return other instanceof KafkaCase one && one.kind == kind && one.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
