package io.posthorn.server.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/// Where a protocol listens, if it does.
public sealed interface ListenAddress {
    record Off() implements ListenAddress {
        @Override
        public String toString() {
            return "off";
        }
    }

    /// @param port 0 for any free one
    record On(InetAddress host, int port) implements ListenAddress {
        public InetSocketAddress socketAddress() {
            return new InetSocketAddress(host, port);
        }

        @Override
        public String toString() {
            return text(socketAddress());
        }
    }

    /// Where others find it, by whatever name it has there.
    record Name(String host, int port) {
        /// @param text `HOST:PORT` or `none`
        static Optional<Name> parse(String text) {
            if (text.equals("none")) {
                return Optional.empty();
            }
            int colon = text.lastIndexOf(':');
            if (colon <= 0) {
                throw new ValueReaders.BadValue("it is no HOST:PORT");
            }
            return Optional.of(
                    new Name(text.substring(0, colon), ValueReaders.whole(text.substring(colon + 1), 1, 65_535)));
        }
    }

    /// @param text `HOST:PORT`, `PORT` or `off`
    static ListenAddress parse(String text) {
        if (text.equals("off") || text.equals("false")) {
            return new Off(); // YAML 1.1 habits turn a bare off into false.
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "127.0.0.1" : text.substring(0, colon);
        int port = ValueReaders.whole(text.substring(colon + 1), 0, 65_535);
        return new On(resolve(host), port);
    }

    private static InetAddress resolve(String host) {
        if (host.isEmpty() || host.equals("*")) {
            return new InetSocketAddress(0).getAddress();
        }
        try {
            String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
            return InetAddress.getByName(bare);
        } catch (UnknownHostException e) {
            throw new ValueReaders.BadValue("there is no host '" + host + "'");
        }
    }

    /// `HOST:PORT` with the address in numbers.
    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
