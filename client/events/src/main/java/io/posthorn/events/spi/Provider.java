package io.posthorn.events.spi;

import java.util.List;

/// Opens the brokers of some URI schemes; found as a service.
public interface Provider {
    /// As in `mem:`.
    List<String> schemes();

    /// @param uri begins with one of the schemes and a colon
    /// @throws io.posthorn.events.EventsException.WrongUri
    /// @throws io.posthorn.events.EventsException.Unreachable
    Link open(String uri);
}
