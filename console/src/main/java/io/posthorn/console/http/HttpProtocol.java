package io.posthorn.console.http;

import io.netty.channel.ChannelHandler;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.admin.Actor;
import io.posthorn.transport.Connection;
import io.posthorn.transport.Protocol;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// HTTP/1.1 behind a listener: who is let in, and what answers. Thread-safe.
public final class HttpProtocol implements Protocol {
    private static final System.Logger LOG = System.getLogger(HttpProtocol.class.getName());

    private final Supplier<RouteTable> routes;
    private final CallerCheck callers;
    private final HttpSettings settings;
    private final Executor blocking;
    private final Semaphore places;
    private final AtomicLong bodyBytes = new AtomicLong();

    /// @param routes made by the first request, on a virtual thread, since it costs more than a start should
    /// @param blocking where requests are answered: virtual threads
    public HttpProtocol(Supplier<RouteTable> routes, CallerCheck callers, HttpSettings settings, Executor blocking) {
        this.routes = new Once<>(routes);
        this.callers = callers;
        this.settings = settings;
        this.blocking = blocking;
        this.places = new Semaphore(settings.atOnce(), true);
    }

    @Override
    public String name() {
        return "http";
    }

    @Override
    public ChannelHandler serve(Connection connection) {
        return new HttpConnection(this, connection);
    }

    /// What is answered, made when it is first wanted.
    public RouteTable routes() {
        return routes.get();
    }

    HttpSettings settings() {
        return settings;
    }

    Executor blocking() {
        return blocking;
    }

    /// Finds out what is asked for and by whom, before anything of the body is read. May wait.
    ///
    /// @throws HttpFailure when the request is not let in
    Admission admit(RequestHead head, Connection connection) {
        RouteTable.Match match = routes.get().find(head.method(), head.rawPath());
        var query = QueryString.parse(head.rawQuery());
        if (isOpen(match.route().access(), connection)) {
            return new Admission(match, query, null);
        }
        Actor caller = callers.check(head.authorization(), connection);
        try {
            match.route().access().check(caller.principal());
        } catch (HttpFailure refused) {
            noteRefused(caller, match.route(), head.rawPath(), refused);
            throw refused;
        }
        return new Admission(match, query, caller);
    }

    private static boolean isOpen(Access access, Connection connection) {
        return access == Access.OPEN || (access == Access.NEARBY && connection.isFromLoopback());
    }

    /// Runs the route's handler; waits for its turn before. Every failure becomes an answer.
    Answer answer(Request request) {
        places.acquireUninterruptibly();
        try {
            return request.route().handler().answer(request);
        } catch (HttpFailure refused) {
            if (refused.isForWantOfRights() && request.hasCaller()) {
                noteRefused(request.caller(), request.route(), request.rawPath(), refused);
            }
            return refused.answer();
        } catch (Exception failure) {
            return refusal(failure, request.rawPath()).answer();
        } finally {
            places.release();
        }
    }

    // What the broker refuses, it notes itself. A password in a path is in no log.
    private void noteRefused(Actor caller, Route route, String rawPath, HttpFailure refused) {
        String path = route.path().contains("{password}") ? route.path() : rawPath;
        callers.refused(caller, route.verb() + " " + path, String.valueOf(refused.getMessage()));
    }

    /// @param rawPath for the log; percent-encoded, so it holds nothing that breaks a line
    static HttpFailure refusal(Exception failure, String rawPath) {
        return switch (failure) {
            case HttpFailure refused -> refused;
            case BrokerException refused -> Refusals.of(refused);
            case TimeoutException _ -> Refusals.unavailable("the broker is too busy to answer");
            default -> {
                LOG.log(Level.ERROR, "http: " + rawPath + " could not be answered", failure);
                yield HttpFailure.of(500, "internal_error", "internal error; the broker's log says more");
            }
        };
    }

    /// Takes room for bytes of a body that have arrived. @return whether there was
    boolean takeRoom(int bytes) {
        if (bodyBytes.addAndGet(bytes) > settings.allBodyBytes()) {
            bodyBytes.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void giveRoom(int bytes) {
        bodyBytes.addAndGet(-bytes);
    }
}
