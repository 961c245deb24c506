package io.posthorn.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// Gives tests a broker: parameters of the types [TestBroker], [io.posthorn.events.Posthorn] and, of a
/// server, [Addresses].
///
/// A test has a broker of its own, started when it first asks for one, unless a `@BeforeAll` method has
/// asked before: then all tests of the class share that.
///
/// ```java
/// @PosthornTest
/// class OrdersTest {
///     @Test
///     void aForeignClientIsServed(Addresses addresses) throws Exception {
///         var factory = new ConnectionFactory();
///         factory.setUri(addresses.amqp());
///         …
///     }
/// }
/// ```
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(PosthornExtension.class)
public @interface PosthornTest {
    /// Where the broker keeps its messages, and how it is reached.
    Setup.Kind on() default Setup.Kind.SERVER;

    /// Foreign clients go by the machine's time.
    Setup.Time time() default Setup.Time.REAL;
}
