package io.posthorn.broker;

import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.security.Permission;
import io.posthorn.broker.security.ResourceRights;
import io.posthorn.broker.security.Tags;
import io.posthorn.broker.topology.DeclarePermit;
import io.posthorn.broker.topology.Names;

/// Asks whether a session may do what it is told to, and writes down what was refused, and what was made and deleted.
/// Confined to the thread of its session.
final class SessionGuard {
    private static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";
    private static final String ALTERNATE_EXCHANGE = "alternate-exchange";

    private final LocalBroker broker;
    private final SessionSpec spec;
    private final ResourceRights rights;
    private final BurstNotes bindings;

    SessionGuard(LocalBroker broker, SessionSpec spec) {
        this.broker = broker;
        this.spec = spec;
        this.rights = broker.access().rights(spec.principal(), spec.virtualHost());
        this.bindings = new BurstNotes(broker.clock(), what -> note(what, AuditLog.Entry.OK));
    }

    /// Nothing more comes.
    void end() {
        bindings.end();
    }

    /// False after the reply was told why not.
    boolean allowsQueue(Permission permission, String name, Reply<?> reply) {
        return allows(reply, () -> rights.checkQueue(permission, name));
    }

    boolean mayRead(String queue) {
        return may(Permission.READ, queue);
    }

    /// Of what protocols keep for themselves, nothing is anybody's but the broker's own.
    boolean allowsIfInternal(String name, Reply<?> reply) {
        return allows(reply, () -> {
            if (Names.isInternal(name) && !spec.principal().isOwner()) {
                throw new AccessRefused("queue name '" + name + "' is reserved");
            }
        });
    }

    /// @throws AccessRefused
    void check(Permission permission, String queue) {
        try {
            rights.checkQueue(permission, queue);
        } catch (AccessRefused refused) {
            throw noted(refused);
        }
    }

    /// As [#may], for what is done next.
    boolean permits(Permission permission, String queue) {
        try {
            check(permission, queue);
            return true;
        } catch (AccessRefused _) {
            return false;
        }
    }

    boolean may(Permission permission, String queue) {
        try {
            rights.checkQueue(permission, queue);
            return true;
        } catch (AccessRefused _) {
            return false;
        }
    }

    boolean allowsExchange(Permission permission, String name, Reply<?> reply) {
        return allows(reply, () -> rights.checkExchange(permission, name));
    }

    boolean allowsToSeeQueue(String name, Reply<?> reply) {
        return allows(reply, () -> rights.checkQueueSeen(name));
    }

    boolean allowsToSeeExchange(String name, Reply<?> reply) {
        return allows(reply, () -> rights.checkExchangeSeen(name));
    }

    /// Lists are the operators'.
    boolean allowsLists(Reply<?> reply) {
        return allows(reply, () -> {
            if (!Tags.mayManage(spec.principal())) {
                throw new AccessRefused("user '" + spec.principal().user() + "' may not list queues");
            }
        });
    }

    /// To bind and to unbind. The default exchange is refused to everybody, in other words.
    boolean allowsBinding(BindingSpec binding, Reply<?> reply) {
        String source = Names.withoutLineBreaks(binding.source());
        String destination = Names.withoutLineBreaks(binding.destinationName());
        return allows(reply, () -> {
            switch (binding.destination()) {
                case QUEUE -> rights.checkQueue(Permission.WRITE, destination);
                case EXCHANGE -> rights.checkExchange(Permission.WRITE, destination);
            }
            if (!source.isEmpty()) {
                rights.checkExchange(Permission.READ, source);
                checkTopic(Permission.READ, source, binding.routingKey());
            }
        });
    }

    private boolean allows(Reply<?> reply, Runnable check) {
        try {
            check.run();
            return true;
        } catch (BrokerException refused) {
            reply.failed(noted(refused));
            return false;
        }
    }

    /// @throws AccessRefused
    void checkPublish(String exchange) {
        try {
            rights.checkExchange(Permission.WRITE, exchange);
        } catch (AccessRefused refused) {
            throw noted(refused);
        }
    }

    /// Each key by which a message is routed. Asked after the exchange is known to be there.
    ///
    /// @throws AccessRefused
    void checkTopics(Message message) {
        if (!rights.hasTopicRules()) {
            return;
        }
        try {
            checkTopic(Permission.WRITE, message.exchange(), message.routingKey());
            for (String key : message.furtherRoutingKeys()) {
                checkTopic(Permission.WRITE, message.exchange(), key);
            }
        } catch (AccessRefused refused) {
            throw noted(refused);
        }
    }

    private void checkTopic(Permission permission, String exchange, String routingKey) {
        if (rights.hasTopicRules() && broker.topology().isTopicExchange(spec.virtualHost(), exchange)) {
            rights.checkTopic(permission, exchange, routingKey);
        }
    }

    /// For one declaration: it is asked on another thread.
    Declaration declaration() {
        return new Declaration();
    }

    /// One declaration on its way.
    final class Declaration implements DeclarePermit {
        private final ResourceRights rightsThere = broker.access().rights(spec.principal(), spec.virtualHost());
        private boolean makes;

        @Override
        public String user() {
            return spec.principal().isOwner() ? "" : spec.principal().user();
        }

        @Override
        public void check(QueueSpec queue, boolean isNew) {
            rightsThere.checkQueue(Permission.CONFIGURE, queue.name());
            // What the queue gives up is published there by nobody, so it is asked for now.
            if (isNew && queue.arguments().get(DEAD_LETTER_EXCHANGE) instanceof String exchange) {
                rightsThere.checkQueue(Permission.READ, queue.name());
                rightsThere.checkExchange(Permission.WRITE, exchange);
            }
            makes = isNew && !queue.exclusive();
        }

        @Override
        public void check(ExchangeSpec exchange, boolean isNew) {
            rightsThere.checkExchange(Permission.CONFIGURE, exchange.name());
            if (isNew && exchange.arguments().get(ALTERNATE_EXCHANGE) instanceof String alternate) {
                rightsThere.checkExchange(Permission.READ, exchange.name());
                rightsThere.checkExchange(Permission.WRITE, alternate);
            }
            makes = isNew;
        }

        /// Of what is there for one connection only, nothing is written down.
        void done(String kind, String name) {
            if (makes) {
                note("declare", kind, name);
            }
        }
    }

    /// Something was done.
    void note(String verb, String kind, String name) {
        note("%s %s '%s'".formatted(verb, kind, name), AuditLog.Entry.OK);
    }

    private void note(String what, String result) {
        broker.audit()
                .record(new AuditLog.Entry(
                        spec.principal().user(), spec.name(), what + " in vhost '" + spec.virtualHost() + "'", result));
    }

    /// Writes down what is refused for want of rights.
    <T extends BrokerException> T noted(T cause) {
        if (cause instanceof AccessRefused && broker.refusals().mayBeNoted()) {
            note("command", String.valueOf(cause.getMessage()));
        }
        return cause;
    }

    /// Writes down what was done, once it is.
    <T> Reply<T> noting(String verb, String kind, String name, Reply<T> reply) {
        return new Reply<>() {
            @Override
            public void ok(T value) {
                // What was not there any more was not done.
                if (!Boolean.FALSE.equals(value)) {
                    note(verb, kind, name);
                }
                reply.ok(value);
            }

            @Override
            public void failed(BrokerException cause) {
                reply.failed(cause);
            }
        };
    }

    /// Writes a binding down that was made or taken away; of very many only how many.
    <T> Reply<T> noting(String verb, BindingSpec binding, Reply<T> reply) {
        return new Reply<>() {
            @Override
            public void ok(T value) {
                if (bindings.mayBeNoted()) {
                    note(text(verb, binding), AuditLog.Entry.OK);
                }
                reply.ok(value);
            }

            @Override
            public void failed(BrokerException cause) {
                reply.failed(noted(cause));
            }
        };
    }

    // Joined, and not formatted: there may be ten thousand a second.
    private static String text(String verb, BindingSpec binding) {
        String kind = binding.destination() == BindingSpec.Destination.QUEUE ? " queue '" : " exchange '";
        return verb + kind + binding.destinationName() + "' to exchange '" + binding.source() + "' by '"
                + binding.routingKey() + "'";
    }

    /// For answers that come from elsewhere.
    <T> Reply<T> noting(Reply<T> reply) {
        return new Reply<>() {
            @Override
            public void ok(T value) {
                reply.ok(value);
            }

            @Override
            public void failed(BrokerException cause) {
                reply.failed(noted(cause));
            }
        };
    }
}
