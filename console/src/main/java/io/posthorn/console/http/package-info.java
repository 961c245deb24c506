/// HTTP/1.1 as the console serves it: connections, the table of routes, who may call them, JSON, and lists in pages.
///
/// Knows requests and answers, and of the broker only who acts. What the routes mean is said in other packages.
@NullMarked
package io.posthorn.console.http;

import org.jspecify.annotations.NullMarked;
