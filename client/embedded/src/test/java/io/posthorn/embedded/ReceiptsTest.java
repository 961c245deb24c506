package io.posthorn.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.BrokerException;
import io.posthorn.events.EventsException;
import org.junit.jupiter.api.Test;

/// Answers for what was published.
class ReceiptsTest {
    private final Receipts receipts = new Receipts();

    private Receipts.Publication publication(int messages) {
        var publication = receipts.begin(messages);
        receipts.expect(publication);
        return publication;
    }

    @Test
    void aPublicationIsAnsweredWithTheLastOfItsMessages() {
        var three = publication(3);
        receipts.accepted(1, 2);
        assertThat(three.answer()).isNotDone();
        receipts.accepted(3, 3);
        assertThat(three.answer()).isCompleted();
    }

    @Test
    void oneRangeMayAnswerSeveralAndTheLaterMayBeAnsweredFirst() {
        var first = publication(2);
        var second = publication(2);
        var third = publication(1);
        receipts.accepted(4, 5);
        assertThat(third.answer()).isCompleted();
        assertThat(second.answer()).isNotDone();
        receipts.accepted(1, 3);
        assertThat(first.answer()).isCompleted();
        assertThat(second.answer()).isCompleted();
    }

    @Test
    void aRefusedMessageFailsItsPublicationAndNoOther() {
        var first = publication(2);
        var second = publication(2);
        receipts.refused(2, 2, new BrokerException.StorageFull("no room"));
        receipts.accepted(1, 1);
        receipts.accepted(3, 4);
        assertThatThrownBy(() -> first.answer().join()).hasCauseInstanceOf(EventsException.Refused.class);
        assertThat(second.answer()).isCompleted();
    }

    @Test
    void whatIsOpenFailsAtTheEndAndWhatWasAnsweredDoesNot() {
        var answered = publication(1);
        var open = publication(1);
        receipts.accepted(1, 1);
        receipts.endAll(new EventsException.Closed("the broker"));
        assertThat(answered.answer()).isCompleted();
        assertThat(open.answer()).isCompletedExceptionally();
    }
}
