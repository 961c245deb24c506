package io.posthorn.server.cli.api;

import java.net.URI;

/// Where a broker answers.
public sealed interface Endpoint {
    /// For people: `127.0.0.1:15672`.
    String name();

    /// The control socket of a broker of this user on this machine, with all rights.
    ///
    /// @param amqpPort where it serves AMQP
    record Local(int amqpPort) implements Endpoint {
        @Override
        public String name() {
            return "AMQP port " + amqpPort + " of this machine";
        }
    }

    /// The management API over HTTP, with the rights of a user.
    ///
    /// @param uri `http://host:15672` or `https://...`, perhaps with a path before `/api`
    record Remote(URI uri, String user, String password) implements Endpoint {
        private static final int USUAL_PORT = 15672;
        private static final int USUAL_TLS_PORT = 15671;

        boolean encrypted() {
            return "https".equals(uri.getScheme());
        }

        int port() {
            int usual = encrypted() ? USUAL_TLS_PORT : USUAL_PORT;
            return uri.getPort() < 0 ? usual : uri.getPort();
        }

        String path() {
            String path = uri.getRawPath();
            return path == null || path.equals("/") ? "" : path;
        }

        @Override
        public String name() {
            return uri.getHost() + ":" + port();
        }

        /// Never shows the password.
        @Override
        public String toString() {
            return "Remote[" + user + "@" + name() + "]";
        }
    }
}
