/// What operators decide: virtual hosts, users and their rights, policies, parameters and limits, as values, and the
/// one door through which they are changed.
///
/// Knows no protocol and no file format. What is durable of it lies in the journal's machine 0, with the topology.
@NullMarked
package io.posthorn.broker.admin;

import org.jspecify.annotations.NullMarked;
