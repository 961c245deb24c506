package io.posthorn.events.runtime;

import io.posthorn.events.Codec;
import io.posthorn.events.EventFormat;
import io.posthorn.events.EventsException;
import io.posthorn.events.Posthorn;
import io.posthorn.events.spi.Provider;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Finds what serves a URI.
public final class Runtimes {
    private Runtimes() {}

    /// Opens the broker of a URI, with what the class path has for it.
    ///
    /// @param chosen null for the first on the class path that knows the scheme
    public static Posthorn open(String uri, @Nullable Provider chosen, List<Codec> codecs, URI source) {
        var found = new ArrayList<Codec>();
        ServiceLoader.load(Codec.class).forEach(found::add);
        found.sort(Comparator.comparing(Codec::isGeneral));
        var all = new ArrayList<>(codecs);
        all.addAll(found);
        var formats = new ArrayList<EventFormat>();
        ServiceLoader.load(EventFormat.class).forEach(formats::add);
        Provider provider = chosen == null ? provider(uri) : chosen;
        return new PosthornRuntime(provider.open(uri), new Codecs(all), new Formats(formats), source);
    }

    private static Provider provider(String uri) {
        String scheme = scheme(uri);
        var schemes = new TreeSet<String>();
        for (Provider provider : ServiceLoader.load(Provider.class)) {
            if (provider.schemes().contains(scheme)) {
                return provider;
            }
            schemes.addAll(provider.schemes());
        }
        throw new EventsException.WrongUri(
                schemes.isEmpty()
                        ? "nothing on the class path opens '" + shown(uri)
                                + "': add posthorn-client-embedded for mem: and file:, or posthorn-client-remote for amqp:"
                        : "nothing on the class path opens '" + shown(uri) + "'; what is there opens "
                                + String.join(", ", schemes));
    }

    private static String scheme(String uri) {
        int colon = uri.indexOf(':');
        if (colon <= 0) {
            throw new EventsException.WrongUri("'" + shown(uri)
                    + "' has no scheme; write mem:, file:DIRECTORY or amqp://user:password@host:port/vhost");
        }
        return uri.substring(0, colon).toLowerCase(Locale.ROOT);
    }

    /// Without what may be a name and a password.
    private static String shown(String uri) {
        int at = uri.lastIndexOf('@');
        return at < 0 ? uri : uri.substring(0, uri.indexOf(':') + 1) + "***" + uri.substring(at);
    }
}
