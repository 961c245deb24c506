package io.posthorn.verification.conformance;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import org.jspecify.annotations.NullMarked;

/// The arrows between the rooms, and what each room may touch of the world outside.
@AnalyzeClasses(
        packages = "io.posthorn",
        importOptions = {DoNotIncludeTests.class, ArchitectureTest.NoFixtures.class})
class ArchitectureTest {
    /// Rooms hand on contract suites and fixtures in jars of tests; those may know more than the room does.
    static final class NoFixtures implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    private static final String LOG = "io.posthorn.log..";
    private static final String FILE = "io.posthorn.storage.file..";
    private static final String BROKER = "io.posthorn.broker..";
    private static final String TRANSPORT = "io.posthorn.transport..";
    private static final String PROTOCOL = "io.posthorn.protocol..";
    private static final String CONNECTION = "io.posthorn.protocol.connection..";
    private static final String AMQP = "io.posthorn.protocol.amqp..";
    private static final String KAFKA = "io.posthorn.protocol.kafka..";
    private static final String CONSOLE = "io.posthorn.console..";
    private static final String EVENTS = "io.posthorn.events..";
    private static final String EMBEDDED = "io.posthorn.embedded..";
    private static final String REMOTE = "io.posthorn.remote..";
    private static final String JSON = "io.posthorn.json..";
    private static final String PROTOBUF = "io.posthorn.protobuf..";
    private static final String CRON = "io.posthorn.cron..";
    private static final String OUTBOX = "io.posthorn.outbox..";
    private static final String TESTKIT = "io.posthorn.testkit..";
    private static final String SERVER = "io.posthorn.server..";

    @ArchTest
    static final ArchRule logKnowsNoOtherRoom = room(LOG).knowsOnly();

    @ArchTest
    static final ArchRule storageKnowsTheLog = room(FILE).knowsOnly(LOG);

    @ArchTest
    static final ArchRule theBrokerKnowsTheLog = room(BROKER).knowsOnly(LOG);

    @ArchTest
    static final ArchRule transportKnowsNoOtherRoom = room(TRANSPORT).knowsOnly();

    @ArchTest
    static final ArchRule whatAllConnectionsHaveIsBetweenTransportAndBroker =
            room(CONNECTION).knowsOnly(TRANSPORT, BROKER);

    /// Bytes are the one type of the log that a protocol sees: what a message's body is.
    @ArchTest
    static final ArchRule aProtocolKnowsTransportAndBroker =
            room(AMQP).knowsOnly(CONNECTION, TRANSPORT, BROKER, "io.posthorn.log");

    @ArchTest
    static final ArchRule kafkaIsAProtocolToo = room(KAFKA).knowsOnly(CONNECTION, TRANSPORT, BROKER, "io.posthorn.log");

    /// One version of it, most of which is no public interface.
    @ArchTest
    static final ArchRule nobodyElseKnowsKafkasClasses = noClasses()
            .that(resideOutsideOfPackage(KAFKA))
            .and(resideOutsideOfPackage("io.posthorn.verification.."))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");

    @ArchTest
    static final ArchRule theConsoleKnowsTransportAndBroker =
            room(CONSOLE).knowsOnly(TRANSPORT, BROKER, "io.posthorn.log");

    /// And the format of records, which is what Kafka's protocol sends and its coordinators keep, read into memory that
    /// is its own; and how the storage is.
    @ArchTest
    static final ArchRule ofTheLogAProtocolKnowsOnlyBytesAndRecords = noClasses()
            .that()
            .resideInAPackage(PROTOCOL)
            .should()
            .dependOnClassesThat(resideInAnyPackage(LOG)
                    .and(not(simpleName("Bytes")))
                    .and(not(simpleName("RecordHeader")))
                    .and(not(simpleName("RecordBatch")))
                    .and(not(simpleName("ReadBatches")))
                    .and(not(simpleName("ReadMemory")))
                    .and(not(simpleName("RecordCursor")))
                    .and(not(simpleName("BatchBuilder")))
                    .and(not(simpleName("BatchEditor")))
                    .and(not(simpleName("StorageHealth"))));

    /// And how the storage is, which is a value.
    @ArchTest
    static final ArchRule ofTheLogTheConsoleKnowsOnlyBytesAndHealth = noClasses()
            .that()
            .resideInAPackage(CONSOLE)
            .should()
            .dependOnClassesThat(resideInAnyPackage(LOG)
                    .and(not(simpleName("Bytes")))
                    .and(not(simpleName("RecordHeader")))
                    .and(not(simpleName("StorageHealth"))));

    @ArchTest
    static final ArchRule theServerPutsTheRoomsTogether =
            room(SERVER).knowsOnly(PROTOCOL, CONSOLE, FILE, TRANSPORT, BROKER, LOG);

    @ArchTest
    static final ArchRule theLibraryKnowsTheJdkOnly = noClasses()
            .that()
            .resideInAPackage(EVENTS)
            .should()
            .dependOnClassesThat(not(resideInAnyPackage("java..", "org.jspecify..", EVENTS)));

    /// Bytes are the one type of the log that it sees, as a protocol.
    @ArchTest
    static final ArchRule theEmbeddedBrokerIsTheServer =
            room(EMBEDDED).knowsOnly(SERVER, BROKER, EVENTS, "io.posthorn.log");

    @ArchTest
    static final ArchRule theRemoteBrokerIsBehindTheNetwork = room(REMOTE).knowsOnly(EVENTS);

    @ArchTest
    static final ArchRule aCodecKnowsTheLibrary = room(JSON).knowsOnly(EVENTS);

    @ArchTest
    static final ArchRule protobufIsACodecToo = room(PROTOBUF).knowsOnly(EVENTS);

    @ArchTest
    static final ArchRule cronKnowsTheLibrary = room(CRON).knowsOnly(EVENTS);

    @ArchTest
    static final ArchRule theOutboxKnowsTheLibrary = room(OUTBOX).knowsOnly(EVENTS);

    @ArchTest
    static final ArchRule nobodyKnowsTheTestKit = noClasses()
            .that(resideInAnyPackage("io.posthorn.."))
            .and(not(resideInAnyPackage(TESTKIT)))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(TESTKIT);

    @ArchTest
    static final ArchRule nettyStaysAtTheEdge = noClasses()
            .that(resideInAnyPackage(LOG, FILE, BROKER))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..");

    @ArchTest
    static final ArchRule onlyStorageTouchesFileChannels = noClasses()
            .that(resideOutsideOfPackage(FILE))
            .and(resideOutsideOfPackage("io.posthorn.verification.."))
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.nio.channels.FileChannel");

    /// Clocks, threads and seeds come in by constructor, so that a simulated world can run this code. Only the
    /// options for production, which no simulation uses, fetch a seed themselves.
    @ArchTest
    static final ArchRule whatIsSimulatedAsksTheWorldForNothing = noClasses()
            .that(resideInAnyPackage(LOG, FILE, BROKER))
            .and(not(simpleName("BrokerOptions")))
            .should()
            .callCodeUnitWhere(DescribedPredicate.describe(
                    "reads a clock, rolls dice or runs threads", ArchitectureTest::asksTheWorld));

    private static final Set<String> WORLDLY = Set.of(
            "java.lang.System.currentTimeMillis",
            "java.lang.System.nanoTime",
            "java.time.Instant.now",
            "java.time.Clock.systemUTC",
            "java.lang.Math.random",
            "java.util.UUID.randomUUID",
            "java.util.concurrent.ThreadLocalRandom.current",
            "java.security.SecureRandom.<init>",
            "java.lang.Thread.<init>",
            "java.lang.Thread.start",
            "java.lang.Thread.sleep",
            "java.lang.Thread.ofVirtual",
            "java.lang.Thread.ofPlatform",
            "java.lang.Thread.startVirtualThread");

    private static final Set<String> SEEDED = Set.of("java.util.Random.<init>", "java.util.SplittableRandom.<init>");

    private static boolean asksTheWorld(JavaCall<?> call) {
        String target = call.getTargetOwner().getFullName() + "." + call.getName();
        boolean unseeded = SEEDED.contains(target)
                && call.getTarget().getRawParameterTypes().isEmpty();
        return unseeded
                || WORLDLY.contains(target)
                || call.getTargetOwner().getFullName().equals("java.util.concurrent.Executors");
    }

    @ArchTest
    static final ArchRule nullIsSaidEverywhere = classes().should(new ArchCondition<>("live in a @NullMarked package") {
        @Override
        public void check(JavaClass type, ConditionEvents events) {
            boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
            events.add(new SimpleConditionEvent(type, marked, type.getPackageName() + " is not @NullMarked"));
        }
    });

    private record Room(String packages) {
        ArchRule knowsOnly(String... others) {
            DescribedPredicate<JavaClass> allowed = resideOutsideOfPackage("io.posthorn..")
                    .or(resideInAnyPackage(packages))
                    .or(resideInAnyPackage(others));
            return noClasses().that().resideInAPackage(packages).should().dependOnClassesThat(not(allowed));
        }
    }

    private static Room room(String packages) {
        return new Room(packages);
    }
}
