package io.posthorn.verification.simulation;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.Appended;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.LeaseAnswer;
import io.posthorn.broker.topic.LeaseEnd;
import io.posthorn.broker.topic.LeaseEnd.How;
import io.posthorn.broker.topic.LeaseHolder;
import io.posthorn.broker.topic.LeaseRules;
import io.posthorn.broker.topic.LeaseWish;
import io.posthorn.broker.topic.Leased;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.Topic;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Members of share groups on a topic and on a queue: they come and go, lease, keep, give back, refuse and
/// are done with records, or forget them; see [LeaseHistory] for what they were promised.
final class LeaseWorkload extends ProcessWorkload {
    private static final String TOPIC = "topic";
    private static final String QUEUE = "queue";
    private static final int MOST_HOLDERS = 4;
    private static final long MILLIS = 150;
    private static final LeaseRules RULES =
            new LeaseRules(MILLIS, LeaseHistory.MOST_DELIVERIES, 12, Isolation.READ_COMMITTED);
    private static final AppendRule DURABLE = new AppendRule(true, AppendRule.Origin.CLIENT);

    private final List<Group> groups =
            List.of(new Group("one", TOPIC, true), new Group("other", TOPIC, true), new Group("workers", QUEUE, false));
    private final List<Member> members = new ArrayList<>();
    private long lastValue;

    LeaseWorkload(Machine machine) {
        super(machine, 2);
    }

    /// A cursor, and what its members know.
    private static final class Group {
        final String name;
        final String topic;
        final LeaseHistory history;

        Group(String name, String topic, boolean countsDurably) {
            this.name = name;
            this.topic = topic;
            this.history = new LeaseHistory(name, countsDurably);
        }
    }

    private record Member(Group group, LeaseHolder holder) {}

    // ---- A process

    @Override
    public void start() {
        groups.forEach(group -> group.history.restarted());
        super.start();
    }

    @Override
    void begun() {
        members.clear();
    }

    @Override
    void declare() {
        declareQueue(QUEUE, Arguments.NONE);
        declareTopic(TOPIC, 1);
    }

    @Override
    void actOnce() {
        process().run(this::actNow);
    }

    private void actNow() {
        int what = dice.below(100);
        if (what < 20) {
            append(dice.oneOf(List.of(TOPIC, QUEUE)));
        } else if (what < 35 || members.isEmpty()) {
            join(dice.oneOf(groups));
        } else {
            Member member = dice.oneOf(members);
            if (what < 65) {
                lease(member, dice.between(1, 6), _ -> {});
            } else if (what < 95) {
                end(member);
            } else {
                leave(member);
            }
        }
        session().flush();
    }

    // ---- What clients do

    private Partition partition(String name) {
        return topic(name).partitions().getFirst();
    }

    private void append(String name) {
        var values = new ArrayList<Long>();
        for (int i = dice.between(1, 5); i > 0; i--) {
            values.add(++lastValue);
        }
        var batch = NumberedBatch.plain(machine.clock().millis(), values);
        session()
                .topics()
                .append(
                        partition(name),
                        batch,
                        DURABLE,
                        ProcessWorkload.<Appended>reply(appended -> groups.stream()
                                .filter(group -> group.topic.equals(name))
                                .forEach(group -> group.history.acknowledged(appended.baseOffset(), values.size()))));
    }

    /// The first one asks for the cursor, and says where it begins; a crash leaves both or nothing.
    private void join(Group group) {
        var cursors = session().topics().cursors();
        Topic topic = topic(group.topic);
        if (cursors.isDeclared(topic, group.name)) {
            if (members.size() < MOST_HOLDERS) {
                members.add(new Member(group, cursors.open(partition(group.topic), group.name, "member")));
            }
        } else if (!group.history.isAskedToBegin()) {
            long start = dice.below((int) partition(group.topic).bounds().highWatermark() + 1);
            group.history.askedToBeginAt(start);
            cursors.declare(topic, group.name, List.of(start), reply(_ -> {}));
        }
    }

    private void lease(Member member, int most, Consumer<Leased> then) {
        long asked = machine.clock().millis();
        member.group.history.askedToLease();
        member.holder.lease(
                LeaseWish.of(most, RULES),
                reply(ranges -> guarded(() -> {
                    ranges.forEach(range -> machine.trace().add("leased", member.group.name, range.from(), range.to()));
                    member.group.history.leased(
                            member.holder, ranges, asked, machine.clock().millis(), MILLIS);
                    ranges.forEach(then);
                })));
    }

    private void end(Member member) {
        List<Long> held = member.group.history.heldBy(member.holder);
        if (held.isEmpty()) {
            return;
        }
        int first = dice.below(held.size());
        long from = held.get(first);
        long to = from + 1;
        for (int i = first + 1; i < held.size() && held.get(i) == to && dice.chance(70); i++) {
            to++;
        }
        end(member, new LeaseEnd(from, to, dice.oneOf(List.of(How.values()))));
    }

    private void end(Member member, LeaseEnd end) {
        long asked = machine.clock().millis();
        machine.trace().add("end " + end.how(), member.group.name, end.from(), end.to());
        var ending = member.group.history.ending(member.holder, end);
        member.holder.end(
                List.of(end),
                ProcessWorkload.<LeaseAnswer>reply(answer -> guarded(
                        () -> ending.answered(answer, asked, machine.clock().millis(), MILLIS))));
    }

    private void leave(Member member) {
        members.remove(member);
        member.group.history.left(member.holder);
        member.holder.close();
    }

    // ---- The end

    /// Somebody takes some, and forgets them; when their time is over another takes everything.
    @Override
    public void checkEverything() {
        machine.tasks().runAll();
        for (Group group : groups) {
            process().run(() -> join(group));
            machine.tasks().runAll();
            process().run(() -> join(group));
        }
        machine.tasks().runAll();
        List<Member> forgetful = List.copyOf(members);
        forgetful.forEach(member -> process().run(() -> lease(member, 5, _ -> {})));
        machine.tasks().runAll();
        machine.clock().pass(MILLIS + 1);
        machine.tasks().runAll();
        checkUnbroken();
        for (Group group : groups) {
            group.history.checkNothingIsLost(drain(group));
            checkUnbroken();
        }
    }

    private Set<Long> drain(Group group) {
        var drained = new HashSet<Long>();
        var ready = new ArrayList<Member>();
        process()
                .run(() -> ready.add(new Member(
                        group, session().topics().cursors().open(partition(group.topic), group.name, "member"))));
        int before;
        do {
            before = drained.size();
            process()
                    .run(() -> lease(ready.getFirst(), Integer.MAX_VALUE, range -> {
                        for (long offset = range.from(); offset < range.to(); offset++) {
                            drained.add(offset);
                        }
                        end(ready.getFirst(), new LeaseEnd(range.from(), range.to(), How.ACCEPTED));
                    }));
            machine.tasks().runAll();
            checkUnbroken();
        } while (drained.size() > before);
        return drained;
    }
}
