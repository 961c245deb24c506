package io.posthorn.events;

import io.posthorn.events.runtime.Runtimes;
import io.posthorn.events.spi.Provider;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Says how a broker is to be opened. Confined to one thread.
public final class PosthornBuilder {
    private final String uri;
    private final List<Codec> codecs = new ArrayList<>();
    private URI source = URI.create("urn:posthorn");
    private @Nullable Provider provider;

    PosthornBuilder(String uri) {
        this.uri = uri;
    }

    /// Adds a codec. The first that takes a type is used; those of the class path come behind, and last the one for
    /// `String` and `byte[]` that is always there.
    public PosthornBuilder codec(Codec codec) {
        codecs.add(codec);
        return this;
    }

    /// Where events that are published here happen, for their envelopes; `urn:posthorn` unless set.
    public PosthornBuilder source(URI place) {
        source = place;
        return this;
    }

    /// Has this one open the broker, whatever is found on the class path: a broker that the application has
    /// already, or one laid around another.
    public PosthornBuilder provider(Provider chosen) {
        provider = chosen;
        return this;
    }

    /// Opens it, as it was said until now. May be called again: each gives a way of its own.
    ///
    /// @throws EventsException.WrongUri when nothing on the class path serves the URI
    /// @throws EventsException.Unreachable when the broker cannot be opened or does not answer
    public Posthorn open() {
        return Runtimes.open(uri, provider, codecs, source);
    }
}
