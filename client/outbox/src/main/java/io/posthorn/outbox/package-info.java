/// Events that are published if and only if a database transaction commits, and handled once each: the transactional
/// outbox and the idempotent inbox, on any database with JDBC.
///
/// Owns three tables in the application's database. Knows the library's interface and JDBC.
@NullMarked
package io.posthorn.outbox;

import org.jspecify.annotations.NullMarked;
