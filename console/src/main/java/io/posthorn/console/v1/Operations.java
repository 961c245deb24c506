package io.posthorn.console.v1;

import io.posthorn.broker.Broker;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.Actor;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.HttpFailure;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// What runs, and the last of what ran; forgotten when the broker stops. Thread-safe.
final class Operations {
    private static final System.Logger LOG = System.getLogger(Operations.class.getName());
    private static final int MOST_RUNNING = 8;
    private static final int MOST_KNOWN = 100;
    private static final int TOO_MANY = 429;

    private final Broker broker;
    private final InstantSource clock;
    private final Map<String, Operation> known = new LinkedHashMap<>(); // by age; guarded by this
    private long last;

    Operations(Broker broker, InstantSource clock) {
        this.broker = broker;
        this.clock = clock;
    }

    Operation begin(Actor by, ReplayOrder order) {
        Operation operation = add(by, order);
        var replay = new Replay(broker, by, order, operation);
        Thread.ofVirtual().name("replay-" + operation.id()).start(() -> {
            String error = run(replay, operation);
            if (!order.dryRun()) {
                broker.administration().note(by, operation.text(), error == null ? "ok" : error);
            }
            operation.end(clock.instant(), error);
        });
        return operation;
    }

    private synchronized Operation add(Actor by, ReplayOrder order) {
        long running = known.values().stream().filter(Operation::isRunning).count();
        if (running >= MOST_RUNNING) {
            throw HttpFailure.of(TOO_MANY, "too_many", "so many operations run already: " + running);
        }
        var oldest = known.values().iterator();
        while (known.size() >= MOST_KNOWN && oldest.hasNext()) {
            if (!oldest.next().isRunning()) {
                oldest.remove();
            }
        }
        var operation = new Operation(Long.toString(++last), by.principal().user(), order, clock.instant());
        known.put(operation.id(), operation);
        return operation;
    }

    /// @return why it could not go on; null when it did
    private static @Nullable String run(Replay replay, Operation operation) {
        try {
            replay.run();
            return null;
        } catch (BrokerException refused) {
            return refused.getMessage();
        } catch (TimeoutException _) {
            return "the broker is too busy to answer";
        } catch (InterruptedException _) {
            return "the broker is stopping";
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, "operation " + operation.id() + " broke off", fault);
            return "it broke off; the broker's log says more";
        }
    }

    /// Those that a user may see, the youngest last.
    synchronized List<Operation> visibleTo(Principal caller) {
        return known.values().stream()
                .filter(each -> Access.MONITORING.allows(caller) || each.by().equals(caller.user()))
                .toList();
    }

    Operation find(String id, Principal caller) {
        return visibleTo(caller).stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow(() -> HttpFailure.notFound("no operation '" + id + "'"));
    }
}
