package io.posthorn.transport;

import java.io.IOException;
import java.io.Serial;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Why a listener could not be opened.
public abstract sealed class ListenException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final InetSocketAddress address;

    private ListenException(String message, InetSocketAddress address, @Nullable Throwable cause) {
        super(message, cause);
        this.address = address;
    }

    /// What was asked for.
    public InetSocketAddress address() {
        return address;
    }

    /// Another process, or another listener of this one, has the port.
    public static final class PortTaken extends ListenException {
        @Serial
        private static final long serialVersionUID = 1L;

        PortTaken(InetSocketAddress address, Throwable cause) {
            super("port %d on %s is taken".formatted(address.getPort(), address.getHostString()), address, cause);
        }
    }

    /// The host's name or number is not one of this machine's.
    public static final class NotOurAddress extends ListenException {
        @Serial
        private static final long serialVersionUID = 1L;

        NotOurAddress(InetSocketAddress address, @Nullable Throwable cause) {
            super("%s is no address of this machine".formatted(address.getHostString()), address, cause);
        }
    }

    /// Ports below 1024, mostly.
    public static final class NotAllowed extends ListenException {
        @Serial
        private static final long serialVersionUID = 1L;

        NotAllowed(InetSocketAddress address, Throwable cause) {
            super("port %d may not be opened by this user".formatted(address.getPort()), address, cause);
        }
    }

    public static final class Other extends ListenException {
        @Serial
        private static final long serialVersionUID = 1L;

        Other(InetSocketAddress address, Throwable cause) {
            super(
                    "cannot listen on %s:%d: %s"
                            .formatted(address.getHostString(), address.getPort(), cause.getMessage()),
                    address,
                    cause);
        }
    }

    // The native transport and NIO agree on the text of the system's error, not on the exception's type.
    static ListenException of(InetSocketAddress address, Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        if (text.contains("Address already in use")) {
            return new PortTaken(address, cause);
        }
        if (text.contains("Cannot assign requested address")) {
            return new NotOurAddress(address, cause);
        }
        if (text.contains("Permission denied")) {
            return new NotAllowed(address, cause);
        }
        return new Other(address, cause);
    }
}
