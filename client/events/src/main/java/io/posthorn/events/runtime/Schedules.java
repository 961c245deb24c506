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
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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
/// Two programs that ask for one schedule send two messages with one id, of which the queue keeps one. What comes
/// but once has nothing behind it that would heal the loss where the one that is kept is not wanted any more, as
/// another plan was asked for in between. So each of its messages has an id of its own, and whoever gets one that
/// is wanted claims the time first: by a message with the one id, to the same queue. Whoever gets that publishes
/// the event.
final class Schedules implements Scheduler {
    private static final Logger LOG = System.getLogger(Schedules.class.getName());
    private static final String NAME = "posthorn.schedules";
    private static final String WHAT = "a schedule";
    private static final Duration EARLY = Duration.ofHours(2);
    private static final Duration MONTH = Duration.ofDays(30);
    private static final Duration REMEMBERED = Duration.ofHours(1);
    private static final int MOST_REMEMBERED = 1_000_000;
    private static final int MOST_DUE = 1_000;
    private static final String LONGEST_ASKED = "2026-11-22T12:00:00.123456789Z";

    private static final String SCHEDULE = "x-schedule";
    private static final String PLAN = "x-plan";
    private static final String DUE = "x-due";
    private static final String ASKED = "x-asked";
    private static final String MISFIRE = "x-misfire";
    private static final String TOLERANCE = "x-tolerance";
    private static final String TOPIC = "x-topic";
    private static final String TYPES = "x-types";
    private static final String OVERLAP = "x-overlap";
    private static final String CLAIMED = "x-claimed";
    private static final String ID_ATTRIBUTE = "cloudEvents:id";
    private static final String TIME_ATTRIBUTE = "cloudEvents:time";

    private final PosthornRuntime runtime;
    private final Bus bus;
    private final ReentrantLock lock = new ReentrantLock();
    private final Wishes wishes = new Wishes(); // guarded by the lock
    private Instant lastAsked = Instant.MIN; // guarded by the lock
    private volatile @Nullable String inHand; // the schedule whose message waits for the lock, or has it
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
            ask(name, plan, time, encoded, options, Wishes.BY_ITSELF);
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
            ask(name, plan, first, encoded, options, since -> goOn(name, plan, encoded, options, since));
        } finally {
            lock.unlock();
        }
    }

    /// Until this is in, what was asked for before counts. Then whatever comes of that is left behind.
    private void ask(
            String name, Plan plan, Instant first, EncodedEvent event, ScheduleOptions options, Wishes.GoesOn goesOn) {
        List<Link.Delayed> replaced = replacedBy(name, plan);
        Instant asked = timeOfAsking();
        send(name, plan, first, event, options, asked);
        wishes.want(name, plan.wish(), asked, goesOn);
        try {
            replaced.forEach(each -> runtime.link().cancel(NAME, each));
        } catch (EventsException e) {
            leftBehind(name, e);
        }
    }

    /// What waits by another plan that was asked for here: after a restart nobody might know that it is wanted no more.
    private List<Link.Delayed> replacedBy(String name, Plan plan) {
        try {
            boolean canLook =
                    wishes.wantOther(name, plan.wish()) && runtime.link().can(Capability.SCHEDULES);
            return canLook ? delayed(name) : List.of();
        } catch (EventsException e) {
            leftBehind(name, e);
            return List.of();
        }
    }

    /// Until a restart it is known here that it is not wanted, whoever could not be asked to take it out.
    private static void leftBehind(String name, EventsException why) {
        LOG.log(Level.WARNING, "what was planned before as ''{0}'' still waits: {1}", name, why.getMessage());
    }

    /// Now, and later than before: the clock may stand still, or go back.
    private Instant timeOfAsking() {
        Instant now = runtime.link().clock().instant();
        lastAsked = now.isAfter(lastAsked) ? now : lastAsked.plusNanos(1);
        return lastAsked;
    }

    /// A queue that has it already keeps this one out.
    private void goOn(String name, Plan plan, EncodedEvent event, ScheduleOptions options, Instant asked) {
        plan.next(runtime.link().clock().instant()).ifPresent(due -> send(name, plan, due, event, options, asked));
    }

    /// Leaves room for the rest of its ids.
    private static void check(String name, Plan plan) {
        String added = id("", plan.toString(), Instant.MAX);
        Names.check(WHAT, name, plan instanceof Plan.Once ? added + " " + LONGEST_ASKED : added);
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
            // No more than is worked on, so that a cancel finds the others where they wait.
            var work = WorkOptions.oneAtATime()
                    .prefetch(1)
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
        // Where nobody can look it may be that nobody counts so far.
        Duration wait = wait(now, due, runtime.link().can(Capability.SCHEDULES));
        Waiting.on(runtime.link()
                .publish(List.of(new Outgoing(
                        at(name),
                        new Content(id(name, due, headers), contentType, subject, now.toEpochMilli(), headers, body),
                        Handling.after(wait)))));
    }

    /// What does not wait in one go comes back long before it is due, and is sent on.
    static Duration wait(Instant now, Instant due, boolean inOneGo) {
        // Brokers count whole milliseconds; a part of one more, rather than too early.
        Duration wait = due.isAfter(now) ? Duration.between(now, due).plusNanos(999_999) : Duration.ZERO;
        return inOneGo || wait.compareTo(MONTH) <= 0 ? wait : MONTH.minus(EARLY.multipliedBy(2));
    }

    static boolean isHalfWay(Instant now, Instant due) {
        return due.isAfter(now.plus(EARLY));
    }

    private static String id(String name, Instant due, Map<String, String> headers) {
        String plan = headers.get(PLAN);
        String id = id(name, plan, due);
        return Plan.ONCE.equals(plan) && !headers.containsKey(CLAIMED) ? id + " " + headers.get(ASKED) : id;
    }

    private static String id(String name, @Nullable String plan, Instant due) {
        return name + "@" + due + " " + plan;
    }

    /// The routing key is another where a program of before has tried it again.
    private static String nameOf(Incoming incoming) {
        return incoming.headers().getOrDefault(SCHEDULE, incoming.routingKey());
    }

    private void run(Incoming incoming) {
        String name = nameOf(incoming);
        inHand = name;
        lock.lock();
        try {
            Instant due = Instant.parse(required(incoming.headers(), DUE));
            String asked = incoming.headers().get(ASKED);
            Instant since = asked == null ? Instant.MIN : Instant.parse(asked);
            if (!incoming.headers().containsKey(CLAIMED)) {
                judge(incoming, name, due, since);
            } else if (!wishes.isCancelled(name, since)) { // whether it is wanted was seen before it was claimed
                publish(incoming, name, due);
            }
        } finally {
            inHand = null;
            lock.unlock();
        }
    }

    /// What was due.
    private void judge(Incoming incoming, String name, Instant due, Instant since) {
        Map<String, String> headers = new LinkedHashMap<>(incoming.headers());
        Copy.OWN_HEADERS.forEach(headers::remove); // what comes next is no copy
        Instant now = runtime.link().clock().instant();
        Misfire misfire = Misfire.valueOf(required(headers, MISFIRE));
        Plan plan = Plan.parse(required(headers, PLAN), due, runtime.link().server());
        Optional<Instant> wanted = wishes.stillWant(name, plan.wish(), since);
        if (wanted.isEmpty()) {
            return; // another plan has taken its place
        }
        headers.put(ASKED, wanted.get().toString());
        if (isHalfWay(now, due)) {
            sendOn(incoming, name, due, headers);
            return;
        }
        if (Plan.runs(misfire, Duration.parse(required(headers, TOLERANCE)), due, now)) {
            if (isToBeClaimed(incoming, name, plan, due)) {
                headers.put(CLAIMED, "true");
                sendOn(incoming, name, due, headers);
            } else {
                publish(incoming, name, due);
            }
        }
        plan.nextAfter(misfire, due, now).ifPresent(next -> {
            headers.put(DUE, next.toString());
            sendOn(incoming, name, next, headers);
        });
    }

    /// What a program of before has sent claims by itself: the queue keeps out whatever else has its id.
    private boolean isToBeClaimed(Incoming incoming, String name, Plan plan, Instant due) {
        return plan instanceof Plan.Once
                && runtime.link().can(Capability.DEDUPLICATION)
                && !incoming.id().equals(id(name, plan.toString(), due));
    }

    private void sendOn(Incoming incoming, String name, Instant due, Map<String, String> headers) {
        send(name, due, incoming.contentType(), incoming.key(), headers, incoming.body());
    }

    private void publish(Incoming incoming, String name, Instant due) {
        bus.publishEncoded(
                List.of(event(incoming, name, due, runtime.link().clock().instant())));
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

    private List<Link.Delayed> delayed(String name) {
        return runtime.link().delayed(NAME).stream()
                .filter(delayed -> delayed.routingKey().equals(name))
                .toList();
    }

    /// None runs here meanwhile: what there is of this one is delayed, or due and in nobody's hands, or waits in ours,
    /// which is not wanted any more then.
    @Override
    public boolean cancel(String name) {
        runtime.require(Capability.SCHEDULES);
        start();
        lock.lock();
        try {
            Link link = runtime.link();
            wishes.wantNothing(name, timeOfAsking());
            boolean was = name.equals(inHand);
            for (Link.Delayed delayed : delayed(name)) {
                was |= link.cancel(NAME, delayed);
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
