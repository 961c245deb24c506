package io.posthorn.protocol.amqp;

import io.posthorn.broker.Alarm;
import io.posthorn.protocol.amqp.ConnectionState.Running;
import io.posthorn.protocol.amqp.wire.ConnectionMethod;
import io.posthorn.transport.ReadGate;
import java.util.Set;

/// Stops a connection at its first publish under an alarm, and lets it go on afterwards. One that only consumes
/// is read all the time. Confined to the thread of its connection.
final class PublishersStop {
    private final AmqpConnection connection;
    private final ReadGate gate;
    private boolean alarmed;
    private String reason = "";

    PublishersStop(AmqpConnection connection, ReadGate gate) {
        this.connection = connection;
        this.gate = gate;
    }

    boolean isAlarmed() {
        return alarmed;
    }

    void alarms(Set<Alarm> on) {
        alarmed = !on.isEmpty();
        reason = on.contains(Alarm.MEMORY)
                ? on.contains(Alarm.DISK) ? "low on memory & disk" : "low on memory"
                : "low on disk";
        if (!alarmed && gate.isClosedBy(ReadGate.Reason.ALARM)) {
            if (connection.state() instanceof Running running
                    && running.client().connectionBlocked()) {
                connection.send(0, new ConnectionMethod.Unblocked());
            }
            gate.open(ReadGate.Reason.ALARM);
        }
    }

    /// A message begins. Under an alarm its content stays unread, with all behind it, so that it is published when
    /// the alarm is over.
    void publishes() {
        if (alarmed && !gate.isClosedBy(ReadGate.Reason.ALARM) && connection.state() instanceof Running running) {
            gate.close(ReadGate.Reason.ALARM);
            if (running.client().connectionBlocked()) {
                connection.send(0, new ConnectionMethod.Blocked(reason));
            }
        }
    }
}
