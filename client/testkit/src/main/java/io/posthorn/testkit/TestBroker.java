package io.posthorn.testkit;

import io.posthorn.events.Posthorn;
import io.posthorn.events.PosthornBuilder;
import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.Provider;
import io.posthorn.testkit.Setup.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A broker for one test: the real one, with a clock that the test moves.
///
/// ```java
/// try (var broker = TestBroker.inMemory(); var posthorn = broker.open()) {
///     var reminders = posthorn.queue("reminders", String.class);
///     reminders.enqueue("pay the rent", Send.delayed(Duration.ofDays(30)));
///     broker.advance(Duration.ofDays(30));
///     assertThat(reminders.length()).isEqualTo(1);
/// }
/// ```
///
/// What a thread is willing to wait for `dequeue` and `request` goes by either time, whichever is over first; the
/// patience of `close` stays real.
/// Thread-safe, but for a crash or restart, which is for the test's own thread.
public final class TestBroker implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Setup setup;
    private final VirtualClock clock = new VirtualClock();
    private final Activity activity = new Activity();
    private final Faults faults = new Faults();
    private final Idleness idleness = new Idleness(activity);
    private final List<Posthorn> opened = new CopyOnWriteArrayList<>();
    private final Incarnations incarnations;

    private TestBroker(Setup setup) {
        this.setup = setup;
        this.incarnations = new Incarnations(setup, clock, activity);
    }

    /// Starts a broker.
    public static TestBroker of(Setup setup) {
        return new TestBroker(setup);
    }

    /// In memory, in virtual time.
    public static TestBroker inMemory() {
        return of(Setup.memory());
    }

    /// On files, in virtual time.
    public static TestBroker onFiles(Path directory) {
        return of(Setup.files(directory));
    }

    /// A server with all its listeners, in virtual time.
    public static TestBroker server() {
        return of(Setup.server());
    }

    /// As it was made.
    public Setup setup() {
        return setup;
    }

    /// A program's way to the broker, as production opens it. Closed with the broker at the latest.
    public Posthorn open() {
        return open(builder());
    }

    /// Of a [#builder] that was told more.
    public Posthorn open(PosthornBuilder builder) {
        Posthorn posthorn = builder.open();
        opened.add(posthorn);
        return posthorn;
    }

    /// For codecs and the like; to be given to [#open].
    public PosthornBuilder builder() {
        return Posthorn.builder(uri()).provider(new WatchedProvider());
    }

    /// What production code would open to reach this broker, where that is possible: of a server.
    public String uri() {
        return setup.kind() == Kind.SERVER ? addresses().uri() : "mem:";
    }

    /// Where its listeners are.
    ///
    /// @throws IllegalStateException when it is no server
    public Addresses addresses() {
        if (setup.kind() != Kind.SERVER) {
            throw new IllegalStateException("this broker has no listeners: write TestBroker.server()");
        }
        return incarnations.addresses();
    }

    /// The broker's time, for whatever of the application counts time too.
    public InstantSource clock() {
        return incarnations.clock();
    }

    /// What is to go wrong.
    public Faults faults() {
        return faults;
    }

    /// Waits until nothing goes on: everything published is where it belongs, no handler works, nothing is
    /// on its way to one. What waits for a time waits on.
    ///
    /// @throws AssertionError when something still goes on after 30 seconds; it says what
    public void awaitIdle() {
        idleness.await(incarnations, PATIENCE);
    }

    /// Waits until nothing goes on.
    ///
    /// @param patience of the machine's time
    /// @throws AssertionError when something still goes on after that; it says what
    public void awaitIdle(Duration patience) {
        idleness.await(incarnations, patience);
    }

    /// Moves the time, and has everything happen that is due until then, one after the other: each handler
    /// is done before the next moment comes.
    ///
    /// @throws IllegalStateException when the broker goes by the machine's time
    public void advance(Duration time) {
        if (setup.time() == Setup.Time.REAL) {
            throw new IllegalStateException(
                    "this broker goes by the machine's time, which nobody moves: open it in virtual time");
        }
        awaitIdle();
        var until = clock.instant().plus(time);
        while (clock.callNext(until)) {
            awaitIdle();
        }
        clock.moveTo(until);
        awaitIdle();
    }

    /// Ends the broker without any warning, as `kill -9` does, and starts another on what is on the disk;
    /// in memory that is nothing. Everything that was opened before throws `EventsException.Unreachable`
    /// from now on; its handlers that run go on, and what they were working on comes again.
    public void crash() {
        incarnations.crash();
        closeOpened(Duration.ZERO);
        incarnations.stop();
        incarnations.next();
    }

    /// Stops the broker in order, and starts it again. Everything that was opened before is closed.
    public void restart() {
        closeOpened(PATIENCE);
        incarnations.stop();
        incarnations.next();
    }

    private void closeOpened(Duration drain) {
        opened.forEach(posthorn -> posthorn.close(drain));
        opened.clear();
    }

    @Override
    public void close() {
        faults.end();
        closeOpened(PATIENCE);
        incarnations.stop();
    }

    /// Opens the broker that runs now.
    private final class WatchedProvider implements Provider {
        @Override
        public List<String> schemes() {
            return List.of();
        }

        @Override
        public Link open(String uri) {
            return incarnations.link(faults);
        }
    }
}
