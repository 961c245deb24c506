package io.posthorn.events.spi;

import java.util.List;

/// Opens the brokers of some URI schemes; found as a service.
public interface Provider {
    /// As in `mem:`.
    List<String> schemes();

    /// Opens a broker.
    ///
    /// @param uri begins with one of the schemes and a colon
    /// @throws io.posthorn.events.EventsException.WrongUri when it names nothing that could be opened
    /// @throws io.posthorn.events.EventsException.Unreachable when it cannot be opened or does not answer
    Link open(String uri);
}
