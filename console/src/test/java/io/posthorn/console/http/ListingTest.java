package io.posthorn.console.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListingTest {
    private final List<Integer> preparedSizes = new ArrayList<>();
    private final Fields<Integer> fields = new Fields<Integer>()
            .with("name", number -> "n" + number)
            .with("odd", number -> number % 2 == 1)
            .with("stats", number -> Map.of("rate", number * 1.5, "count", number))
            .asked("depth", number -> 100 - number)
            .prepare(numbers -> preparedSizes.add(numbers.size()));
    private final TestServer server;

    ListingTest() throws Exception {
        server = new TestServer(
                HttpSettings.DEFAULTS,
                Route.get("/few", Access.OPEN, r -> fields.list(r, List.of(3, 1, 2))),
                Route.get("/many", Access.OPEN, r -> fields.list(r, numbers(20_000))));
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/few?columns=name | [{'name':'n3'},{'name':'n1'},{'name':'n2'}]",
                "/few?columns=name&sort=name | [{'name':'n1'},{'name':'n2'},{'name':'n3'}]",
                "/few?columns=name&sort=name&sort_reverse=true | [{'name':'n3'},{'name':'n2'},{'name':'n1'}]",
                "/few?columns=name&sort=stats.rate | [{'name':'n1'},{'name':'n2'},{'name':'n3'}]",
                "/few?columns=name&sort=depth | [{'name':'n3'},{'name':'n2'},{'name':'n1'}]",
                "/few?columns=name&sort=nothere | [{'name':'n3'},{'name':'n1'},{'name':'n2'}]",
                "/few?columns=stats.rate&sort=name | [{'stats':{'rate':1.5}},{'stats':{'rate':3.0}},{'stats':{'rate':4.5}}]",
                "/few?columns=nothere | [{},{},{}]",
                "/few?columns=name&page=1&page_size=2 | {'filtered_count':3,'item_count':2,"
                        + "'items':[{'name':'n3'},{'name':'n1'}],'page':1,'page_count':2,'page_size':2,'total_count':3}",
                "/few?columns=name&page=1&name=2 | {'filtered_count':1,'item_count':1,"
                        + "'items':[{'name':'n2'}],'page':1,'page_count':1,'page_size':100,'total_count':3}",
                "/few?columns=name&page=1&name=%5EN%5B13%5D&use_regex=true&sort=name | {'filtered_count':2,"
                        + "'item_count':2,'items':[{'name':'n1'},{'name':'n3'}],'page':1,'page_count':1,"
                        + "'page_size':100,'total_count':3}",
                "/few?page=1&name=nothere | {'filtered_count':0,'item_count':0,'items':[],'page':1,'page_count':0,"
                        + "'page_size':100,'total_count':3}",
                "/few?page=3&page_size=2 | {'error':'page_out_of_range',"
                        + "'reason':'Page out of range, page: 3 page size: 2, len: 3'}",
                "/few?page=0&page_size=2 | {'error':'invalid_pagination_parameters',"
                        + "'reason':'Invalid pagination parameters: page number 0, page size 2'}",
                "/few?page=1&page_size=501 | {'error':'invalid_pagination_parameters',"
                        + "'reason':'Invalid pagination parameters: page number 1, page size 501'}",
                "/few?page=x | {'error':'bad_request','reason':'Pagination parameters are invalid'}",
                "/few?page=1&name=(&use_regex=true | {'error':'bad_request','reason':'Pagination parameters are invalid'}",
            })
    void aListIsCutAsItIsWanted(String path, String answer) throws Exception {
        assertThat(server.get(path).body()).isEqualTo(answer.replace('\'', '"'));
    }

    @Test
    void aPatternThatNeverEndsIsRefused() throws Exception {
        var one = new Fields<String>().with("name", name -> name);
        try (var hostile = new TestServer(
                HttpSettings.DEFAULTS, Route.get("/few", Access.OPEN, r -> one.list(r, List.of("a".repeat(200)))))) {
            assertThat(hostile.get("/few?page=1&use_regex=true&name=(a*)*%5C1b").statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void theBrokerIsAskedForThePageOnly() throws Exception {
        var answer = server.get("/many?page=3&page_size=50&sort=name");
        assertThat(answer.body()).contains("\"depth\":");
        assertThat(preparedSizes).containsExactly(50);
    }

    @Test
    void theBrokerIsNotAskedForWhatIsNotShown() throws Exception {
        server.get("/many?columns=name,odd");
        server.get("/many?page=1&columns=stats.rate&sort=odd");
        assertThat(preparedSizes).isEmpty();
    }

    @Test
    void theBrokerIsAskedOnceToSortByWhatOnlyItKnows() throws Exception {
        server.get("/many?page=1&page_size=50&sort=depth");
        assertThat(preparedSizes).containsExactly(20_000);
    }
}
