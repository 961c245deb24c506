package io.posthorn.broker.statistics;

import io.posthorn.broker.Login;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How often it was tried to log in, and with what success: by protocol, and of the last thousand sources by who came
/// from where. Thread-safe.
public final class LoginCounts {
    private static final int MOST_SOURCES = 1_000;
    private static final int LONGEST_NAME = 255;

    private final Map<String, Attempts> byProtocol = new TreeMap<>(); // guarded by this
    private final Map<Source, Attempts> bySource = new LinkedHashMap<>(16, 0.75f, true) { // guarded by LoginCounts.this
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Source, Attempts> eldest) {
                    return size() > MOST_SOURCES;
                }
            };

    /// Who came from where.
    ///
    /// @param address without a port
    /// @param protocol the first word of the [Login#door]: `amqp`
    public record Source(String address, String user, String protocol) {}

    public record Attempts(long succeeded, long failed) {
        public static final Attempts NONE = new Attempts(0, 0);

        public long all() {
            return succeeded + failed;
        }

        Attempts plus(Attempts more) {
            return new Attempts(succeeded + more.succeeded, failed + more.failed);
        }
    }

    /// What one source has tried.
    public record OfSource(Source source, Attempts attempts) {}

    public synchronized void count(Login login, boolean success) {
        var one = success ? new Attempts(1, 0) : new Attempts(0, 1);
        String protocol = login.door().split(" ", 2)[0];
        byProtocol.merge(protocol, one, Attempts::plus);
        String user = login.user().length() > LONGEST_NAME ? login.user().substring(0, LONGEST_NAME) : login.user();
        bySource.merge(new Source(login.peer().address(), user, protocol), one, Attempts::plus);
    }

    /// By the name of the protocol.
    public synchronized Map<String, Attempts> byProtocol() {
        return new TreeMap<>(byProtocol);
    }

    /// By protocol, user and address.
    public synchronized List<OfSource> bySource() {
        var all = new ArrayList<OfSource>();
        bySource.forEach((source, attempts) -> all.add(new OfSource(source, attempts)));
        all.sort(Comparator.comparing((OfSource each) -> each.source().protocol())
                .thenComparing(each -> each.source().user())
                .thenComparing(each -> each.source().address()));
        return all;
    }

    /// Counts from zero.
    public synchronized void reset() {
        byProtocol.replaceAll((_, _) -> Attempts.NONE);
        bySource.clear();
    }
}
