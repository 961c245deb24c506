package io.posthorn.events;

import io.posthorn.events.runtime.Runtimes;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/// Says how a broker is to be opened. Confined to one thread.
public final class PosthornBuilder {
    private final String uri;
    private final List<Codec> codecs = new ArrayList<>();
    private URI source = URI.create("urn:posthorn");

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

    /// @throws EventsException.WrongUri when nothing on the class path serves the URI
    /// @throws EventsException.Unreachable when the broker cannot be opened or does not answer
    public Posthorn open() {
        return Runtimes.open(uri, codecs, source);
    }
}
