package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EncodedHeadersTest {
    private static final int[] LENGTHS = {0, 1, 36, 63, 64, 200, 8191, 8192, 70_000};

    @Test
    void headersComeBackAsTheyWereThroughRecordsAndFromOneRecordIntoTheNext() {
        var random = new SplittableRandom(1);
        for (int round = 0; round < 300; round++) {
            List<RecordHeader> ours = some(random);
            List<RecordHeader> theirs = some(random);
            var all = new ArrayList<>(ours);
            all.addAll(theirs);
            EncodedHeaders first = inRecord(ours, theirs);
            assertThat(first).containsExactlyElementsOf(all);
            EncodedHeaders second = inRecord(EncodedHeaders.NONE, first);
            assertThat(second).containsExactlyElementsOf(all);

            EncodedHeaders begin = first.first(ours.size());
            assertThat(begin).containsExactlyElementsOf(ours);
            assertThat(first.startsWith(begin)).isTrue();
            assertThat(first.behind(begin)).containsExactlyElementsOf(theirs);
            assertThat(EncodedHeaders.of(all).bytes()).isEqualTo(first.bytes());
            assertPlaces(first);
        }
    }

    private static void assertPlaces(EncodedHeaders headers) {
        int[] places = headers.places();
        for (int i = 0; i < headers.size(); i++) {
            assertThat(headers.bytes().slice(places[4 * i], places[4 * i + 1]))
                    .isEqualTo(headers.get(i).name());
            Bytes value = headers.get(i).value();
            assertThat(places[4 * i + 3]).isEqualTo(value == null ? -1 : value.length());
            if (value != null) {
                assertThat(headers.bytes().slice(places[4 * i + 2], value.length()))
                        .isEqualTo(value);
            }
        }
    }

    @Test
    void headersOfTheSameLengthsAreKnownAtSightAndNoOthers() {
        var random = new SplittableRandom(2);
        for (int round = 0; round < 300; round++) {
            List<RecordHeader> one = some(random);
            var other = new ArrayList<RecordHeader>();
            one.forEach(each -> other.add(new RecordHeader(each.name(), likewise(each.value(), random))));
            EncodedHeaders known = EncodedHeaders.of(one);
            assertThat(record(other).headersLaidOutAs(known)).containsExactlyElementsOf(other);

            List<RecordHeader> stranger = some(random);
            EncodedHeaders taken = record(stranger).headersLaidOutAs(known);
            if (taken != null) {
                assertThat(taken).containsExactlyElementsOf(stranger);
            }
        }
        EncodedHeaders known = EncodedHeaders.of(List.of(header("ab", "cd"), header("ef", "g")));
        assertThat(record(List.of(header("ab", "c"), header("ef", "gh"))).headersLaidOutAs(known))
                .isNull();
    }

    @Test
    void theFirstNameIsThatOfTheFirst() {
        EncodedHeaders headers = EncodedHeaders.of(List.of(header("x-a", "1"), header("y", "2")));
        assertThat(headers.firstName()).isEqualTo(Bytes.utf8("x-a"));
        assertThat(headers.behind(headers.first(1)).firstName()).isEqualTo(Bytes.utf8("y"));
    }

    private static RecordHeader header(String name, String value) {
        return new RecordHeader(Bytes.utf8(name), Bytes.utf8(value));
    }

    private static List<RecordHeader> some(SplittableRandom random) {
        var headers = new ArrayList<RecordHeader>();
        for (int i = random.nextInt(6); i > 0; i--) {
            Bytes value = random.nextInt(8) == 0 ? null : bytes(LENGTHS[random.nextInt(LENGTHS.length)], random);
            headers.add(new RecordHeader(bytes(LENGTHS[random.nextInt(6)], random), value));
        }
        return headers;
    }

    private static @Nullable Bytes likewise(@Nullable Bytes value, SplittableRandom random) {
        return value == null ? null : bytes(value.length(), random);
    }

    private static Bytes bytes(int length, SplittableRandom random) {
        var array = new byte[length];
        random.nextBytes(array);
        return new Bytes(array);
    }

    private static EncodedHeaders inRecord(List<RecordHeader> headers, List<RecordHeader> moreHeaders) {
        var builder = new BatchBuilder();
        builder.add(1_000, Bytes.utf8("key"), Bytes.utf8("value"), headers, moreHeaders);
        RecordCursor cursor = builder.build().records();
        assertThat(cursor.next()).isTrue();
        return cursor.headers();
    }

    private static RecordCursor record(List<RecordHeader> headers) {
        var builder = new BatchBuilder();
        builder.add(1_000, null, null, headers);
        RecordCursor cursor = builder.build().records();
        assertThat(cursor.next()).isTrue();
        return cursor;
    }
}
