/// The command line's way to a broker: the management API, over the control socket of this machine or over HTTP, and
/// the JSON that travels on it.
///
/// Written by hand, since a command should not take longer than what it asks for: `docs/adr/0012-command-line.md`.
@NullMarked
package io.posthorn.server.cli.api;

import org.jspecify.annotations.NullMarked;
