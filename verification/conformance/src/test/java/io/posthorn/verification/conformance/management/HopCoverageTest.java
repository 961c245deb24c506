package io.posthorn.verification.conformance.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.http.client.Client;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every method of Hop is looked at by a test, or has a reason why not.
class HopCoverageTest {
    private static final String SHOVELS = "there are no shovels: what is kept of them moves nothing";

    private static final Map<String, String> LEFT_OUT = Map.of("getShovelsStatus", SHOVELS);

    private static final Set<Class<?>> TESTS =
            Set.of(HopAdministrationTest.class, HopObservationTest.class, HopQueuesTest.class);

    @Test
    void everyMethodOfTheClientIsLookedAtOrLeftOutForAReason() {
        var all = Arrays.stream(Client.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        var known = Stream.concat(TESTS.stream().flatMap(HopCoverageTest::calls), LEFT_OUT.keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(known).isEqualTo(all);
    }

    private static Stream<String> calls(Class<?> tests) {
        return Arrays.stream(tests.getDeclaredMethods())
                .flatMap(method -> Optional.ofNullable(method.getAnnotation(HopCalls.class)).stream())
                .flatMap(calls -> Arrays.stream(calls.value()));
    }
}
