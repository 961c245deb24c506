package io.posthorn.events.runtime;

import io.posthorn.events.Capability;
import io.posthorn.events.EncodedEvent;
import io.posthorn.events.EventsException;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.Retry;
import io.posthorn.events.Schedule;
import io.posthorn.events.ScheduleOptions;
import io.posthorn.events.ScheduleOptions.Misfire;
import io.posthorn.events.ScheduleOptions.Overlap;
import io.posthorn.events.Scheduler;
import io.posthorn.events.WorkOptions;
import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Content;
import io.posthorn.events.spi.Handling;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.Outgoing;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Schedules as messages: each has one that waits for its next time, with the event and the plan in it. Whoever gets
/// it publishes the event, sends the message for the time after that, and then lets go of this one. Thread-safe.
///
/// Two programs that ask for one schedule send two messages with one id, of which the queue keeps one.
final class Schedules implements Scheduler {
    private static final String NAME = "posthorn.schedules";
    private static final String WHAT = "a schedule";
    private static final Duration EARLY = Duration.ofHours(2);
    private static final Duration MONTH = Duration.ofDays(30);
    private static final Duration REMEMBERED = Duration.ofHours(1);
    private static final int MOST_REMEMBERED = 1_000_000;
    private static final int MOST_DUE = 1_000;

    private static final String SCHEDULE = "x-schedule";
    private static final String PLAN = "x-plan";
    private static final String DUE = "x-due";
    private static final String ASKED = "x-asked";
    private static final String MISFIRE = "x-misfire";
    private static final String TOLERANCE = "x-tolerance";
    private static final String TOPIC = "x-topic";
    private static final String TYPES = "x-types";
    private static final String OVERLAP = "x-overlap";
    private static final String ID_ATTRIBUTE = "cloudEvents:id";
    private static final String TIME_ATTRIBUTE = "cloudEvents:time";

    private final PosthornRuntime runtime;
    private final Bus bus;
    private final ReentrantLock lock = new ReentrantLock();
    private final Wishes wishes = new Wishes(); // guarded by the lock
    private @Nullable HandlerWorker worker;

    Schedules(PosthornRuntime runtime, Bus bus) {
        this.runtime = runtime;
        this.bus = bus;
    }

    @Override
    public void once(String name, Instant time, Object event, ScheduleOptions options) {
        var plan = new Plan.Once(time);
        check(name, plan);
        runtime.require(Capability.DELAY);
        EncodedEvent encoded = encoded(event, options);
        lock.lock();
        try {
            Instant now = runtime.link().clock().instant();
            wishes.want(name, Plan.ONCE, now);
            send(name, plan, time, encoded, options, now);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void every(String name, Duration interval, Object event, ScheduleOptions options) {
        begin(name, new Plan.Every(interval), event, options);
    }

    @Override
    public void cron(String name, String expression, ZoneId zone, Object event, ScheduleOptions options) {
        begin(name, Plan.cron(expression, zone, runtime.link().server()), event, options);
    }

    private void begin(String name, Plan plan, Object event, ScheduleOptions options) {
        check(name, plan);
        runtime.require(Capability.DELAY);
        runtime.require(Capability.DEDUPLICATION);
        EncodedEvent encoded = encoded(event, options);
        lock.lock();
        try {
            Instant now = runtime.link().clock().instant();
            Instant first =
                    plan.next(now).orElseThrow(() -> new IllegalArgumentException("'" + plan + "' is never due"));
            // What comes by another plan is left behind.
            wishes.want(name, plan.toString(), now, asked -> goOn(name, plan, encoded, options, asked));
            send(name, plan, first, encoded, options, now);
        } finally {
            lock.unlock();
        }
    }

    /// A queue that has it already keeps this one out.
    private void goOn(String name, Plan plan, EncodedEvent event, ScheduleOptions options, Instant asked) {
        plan.next(runtime.link().clock().instant()).ifPresent(due -> send(name, plan, due, event, options, asked));
    }

    /// Leaves room for the rest of its ids.
    private static void check(String name, Plan plan) {
        Names.check(WHAT, name, id("", plan.toString(), Instant.MAX));
    }

    private EncodedEvent encoded(Object event, ScheduleOptions options) {
        return bus.encode(event, options.publish());
    }

    /// Makes the queue, and takes part.
    private void start() {
        lock.lock();
        try {
            if (worker != null) {
                return;
            }
            Link link = runtime.link();
            QueueOptions options = QueueOptions.fifo().deadLetters(NAME + ".dead");
            if (link.can(Capability.DEDUPLICATION)) {
                options = options.deduplicate(REMEMBERED, MOST_REMEMBERED);
            }
            link.declareTopicExchange(NAME);
            link.declareQueue(NAME + ".dead", QueueOptions.fifo());
            link.declareQueue(NAME, options);
            link.bind(NAME, NAME, "#");
            var work = WorkOptions.oneAtATime()
                    .retry(Retry.exponential(Duration.ofSeconds(1)).attempts(100));
            worker = new HandlerWorker(runtime, NAME, NAME + ".dead", work, this::attempt).start();
        } finally {
            lock.unlock();
        }
    }

    /// What fails waits among the others, by its name.
    private Attempt attempt(Incoming incoming) {
        var delivery = new LinkedDelivery<>(runtime, NAME + ".dead", incoming, incoming, at(nameOf(incoming)));
        return new Attempt(delivery, () -> run(incoming));
    }

    private static Address at(String name) {
        return new Address(NAME, name, List.of(), true);
    }

    private void send(String name, Plan plan, Instant due, EncodedEvent event, ScheduleOptions options, Instant asked) {
        start();
        Map<String, String> headers = new LinkedHashMap<>(event.headers());
        headers.put(SCHEDULE, name);
        headers.put(PLAN, plan.toString());
        headers.put(DUE, due.toString());
        headers.put(ASKED, asked.toString());
        headers.put(MISFIRE, options.misfire().name());
        headers.put(TOLERANCE, options.tolerance().toString());
        headers.put(OVERLAP, options.overlap().name());
        headers.put(TOPIC, event.topic());
        headers.put(TYPES, String.join(" ", event.typeNames()));
        send(name, due, event.contentType(), event.subject(), headers, event.body());
    }

    private void send(
            String name,
            Instant due,
            @Nullable String contentType,
            @Nullable String subject,
            Map<String, String> headers,
            byte[] body) {
        Instant now = runtime.link().clock().instant();
        // Brokers count whole milliseconds; a part of one more, rather than too early.
        Duration wait = due.isAfter(now) ? Duration.between(now, due).plusNanos(999_999) : Duration.ZERO;
        if (wait.compareTo(MONTH) > 0 && !runtime.link().can(Capability.SCHEDULES)) {
            wait = MONTH; // whoever gets it then sends it on: where nobody can look it may be that nobody counts so far
        }
        Waiting.on(runtime.link()
                .publish(List.of(new Outgoing(
                        at(name),
                        new Content(
                                id(name, headers.get(PLAN), due),
                                contentType,
                                subject,
                                now.toEpochMilli(),
                                headers,
                                body),
                        Handling.after(wait)))));
    }

    private static String id(String name, @Nullable String plan, Instant due) {
        return name + "@" + due + " " + plan;
    }

    /// The routing key is another where a program of before has tried it again.
    private static String nameOf(Incoming incoming) {
        return incoming.headers().getOrDefault(SCHEDULE, incoming.routingKey());
    }

    /// What was due.
    private void run(Incoming incoming) {
        lock.lock();
        try {
            Map<String, String> headers = new LinkedHashMap<>(incoming.headers());
            Copy.OWN_HEADERS.forEach(headers::remove); // what comes next is no copy
            String name = nameOf(incoming);
            Instant now = runtime.link().clock().instant();
            Instant due = Instant.parse(required(headers, DUE));
            Misfire misfire = Misfire.valueOf(required(headers, MISFIRE));
            Plan plan = Plan.parse(required(headers, PLAN), due, runtime.link().server());
            String asked = headers.get(ASKED);
            Optional<Instant> wanted =
                    wishes.stillWant(name, plan.toString(), asked == null ? Instant.MIN : Instant.parse(asked));
            if (wanted.isEmpty()) {
                return; // another plan has taken its place
            }
            headers.put(ASKED, wanted.get().toString());
            if (due.isAfter(now.plus(EARLY))) {
                send(name, due, incoming.contentType(), incoming.key(), headers, incoming.body());
                return; // it has come only half the way
            }
            if (Plan.runs(misfire, Duration.parse(required(headers, TOLERANCE)), due, now)) {
                bus.publishEncoded(List.of(event(incoming, name, due, now)));
            }
            Optional<Instant> next = plan.nextAfter(misfire, due, now);
            if (next.isPresent()) {
                headers.put(DUE, next.get().toString());
                send(name, next.get(), incoming.contentType(), incoming.key(), headers, incoming.body());
            }
        } finally {
            lock.unlock();
        }
    }

    private static String required(Map<String, String> headers, String name) {
        String value = headers.get(name);
        if (value == null) {
            throw new EventsException.BadMessage("a schedule without " + name + " is none", null);
        }
        return value;
    }

    private static EncodedEvent event(Incoming incoming, String name, Instant due, Instant now) {
        Map<String, String> attributes = new LinkedHashMap<>();
        incoming.headers().forEach((header, value) -> {
            if (!header.startsWith("x-")) {
                attributes.put(header, value);
            }
        });
        String id = name + "@" + due;
        attributes.put(ID_ATTRIBUTE, id);
        attributes.put(TIME_ATTRIBUTE, now.toString());
        attributes.put(EventMapping.header(Overlaps.TIME), due.toString());
        attributes.put(EventMapping.header(Overlaps.SCHEDULE), name);
        attributes.put(
                EventMapping.header(Overlaps.POLICY), incoming.headers().getOrDefault(OVERLAP, Overlap.ALLOW.name()));
        String types = incoming.headers().getOrDefault(TYPES, "");
        return new EncodedEvent(
                id,
                required(incoming.headers(), TOPIC),
                types.isEmpty() ? List.of() : List.of(types.split(" ")),
                incoming.key(),
                Duration.ZERO,
                incoming.contentType() == null ? "application/octet-stream" : incoming.contentType(),
                attributes,
                incoming.body());
    }

    @Override
    public List<Schedule> schedules() {
        runtime.require(Capability.SCHEDULES);
        start();
        return runtime.link().delayed(NAME).stream()
                .map(delayed -> new Schedule(delayed.routingKey(), delayed.due()))
                .sorted(Comparator.comparing(Schedule::next).thenComparing(Schedule::name))
                .toList();
    }

    /// None runs here meanwhile: what there is of this one is delayed, or due and in nobody's hands, or waits in ours.
    @Override
    public boolean cancel(String name) {
        runtime.require(Capability.SCHEDULES);
        start();
        lock.lock();
        try {
            Link link = runtime.link();
            wishes.wantNothing(name, link.clock().instant());
            boolean was = false;
            for (Link.Delayed delayed : link.delayed(NAME)) {
                was |= delayed.routingKey().equals(name) && link.cancel(NAME, delayed);
            }
            for (Incoming due : link.peek(NAME, MOST_DUE)) {
                was |= nameOf(due).equals(name) && link.remove(NAME, due.id());
            }
            return was;
        } finally {
            lock.unlock();
        }
    }
}
