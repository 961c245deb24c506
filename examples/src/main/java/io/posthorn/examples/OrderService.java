package io.posthorn.examples;

import io.posthorn.events.EventBus;
import io.posthorn.events.Posthorn;
import io.posthorn.events.Publish;
import io.posthorn.events.Subscribe;
import io.posthorn.outbox.JdbcInbox;
import io.posthorn.outbox.JdbcOutbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/// An order service with an outbox: an order and its event are there both or neither, and the ledger books each order
/// once, however often its event comes.
public final class OrderService {
    sealed interface OrderEvent permits OrderPlaced, OrderCancelled {}

    record OrderPlaced(int order, int cents) implements OrderEvent {}

    record OrderCancelled(int order) implements OrderEvent {}

    private final DataSource database;
    private final JdbcOutbox outbox;

    private OrderService(DataSource database, EventBus bus) {
        this.database = database;
        this.outbox = JdbcOutbox.of(database, bus);
    }

    private void place(int order, int cents, boolean commits) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            insert(connection, "INSERT INTO orders VALUES (?, ?)", order, cents);
            outbox.publish(connection, new OrderPlaced(order, cents), Publish.about("order-" + order));
            if (commits) {
                connection.commit();
            } else {
                connection.rollback(); // neither the order nor the event has ever been
            }
        }
    }

    private static void insert(Connection connection, String sql, int order, int cents) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setInt(1, order);
            insert.setInt(2, cents);
            insert.executeUpdate();
        }
    }

    public static void main(String[] arguments) throws Exception {
        var database = new JdbcDataSource();
        database.setURL("jdbc:h2:mem:orders;DB_CLOSE_DELAY=-1");
        try (var posthorn = Posthorn.open(arguments[0]);
                Connection connection = database.getConnection()) {
            connection.createStatement().execute("CREATE TABLE orders (id INT PRIMARY KEY, cents INT)");
            connection.createStatement().execute("CREATE TABLE ledger (order_id INT, cents INT)");

            var booked = new CountDownLatch(2);
            var ledger = JdbcInbox.of(database);
            posthorn.bus()
                    .subscribe(
                            Subscribe.to(OrderEvent.class).durable("ledger"),
                            ledger.<OrderEvent>once("ledger", (transaction, event, _) -> {
                                switch (event) {
                                    case OrderPlaced placed ->
                                        insert(
                                                transaction,
                                                "INSERT INTO ledger VALUES (?, ?)",
                                                placed.order(),
                                                placed.cents());
                                    case OrderCancelled cancelled ->
                                        insert(
                                                transaction,
                                                "DELETE FROM ledger WHERE order_id = ? OR cents = ?",
                                                cancelled.order(),
                                                -1);
                                }
                                System.out.println("booked: " + event);
                                booked.countDown();
                            }));

            var service = new OrderService(database, posthorn.bus());
            service.outbox.createTables();
            service.outbox.start();
            service.place(1, 1990, true);
            service.place(2, 4200, false);
            service.place(3, 990, true);
            booked.await();
            service.outbox.close();
        }
    }
}
