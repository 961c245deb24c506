/// Load programs: what is put on a broker from outside, over AMQP 0-9-1 and a socket of their own.
///
/// They are written to cost little, so that two cores shared with the broker measure the broker: frames are
/// encoded once and sent again and again, and what comes back is counted, not decoded. Know no broker's code.
@NullMarked
package io.posthorn.verification.bench.load;

import org.jspecify.annotations.NullMarked;
