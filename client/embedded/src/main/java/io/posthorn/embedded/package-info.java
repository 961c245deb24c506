/// A broker in the application's own process, behind the library's interface: URIs `mem:` and `file:DIRECTORY`.
///
/// Owns the way from the application's threads to the loop that the broker's session lives on. Knows the server,
/// which puts the broker together, and no protocol.
@NullMarked
package io.posthorn.embedded;

import org.jspecify.annotations.NullMarked;
