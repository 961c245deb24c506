package io.posthorn.protocol.kafka;

import io.posthorn.protocol.kafka.admin.AdminHandlers;
import io.posthorn.protocol.kafka.config.KeptBrokerConfigs;
import io.posthorn.protocol.kafka.config.KeptGroupConfigs;
import io.posthorn.protocol.kafka.fetch.FetchHandler;
import io.posthorn.protocol.kafka.fetch.FetchMemory;
import io.posthorn.protocol.kafka.fetch.OffsetsHandler;
import io.posthorn.protocol.kafka.group.GroupConfigs;
import io.posthorn.protocol.kafka.group.GroupCoordination;
import io.posthorn.protocol.kafka.group.GroupHandlers;
import io.posthorn.protocol.kafka.metadata.MetadataHandlers;
import io.posthorn.protocol.kafka.produce.ProduceHandler;
import io.posthorn.protocol.kafka.security.SecurityHandlers;
import io.posthorn.protocol.kafka.share.ShareHandlers;
import io.posthorn.protocol.kafka.transaction.Gate;
import io.posthorn.protocol.kafka.transaction.TransactionCoordination;
import io.posthorn.protocol.kafka.transaction.TransactionHandlers;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.requests.AbstractResponse;

/// The protocol at work: what every connection shares. Opened by the first of them.
public final class KafkaService implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(KafkaService.class.getName());

    private final Surroundings surroundings;
    private final ApiTable apis;
    private final RequestNotes notes;
    private final byte[] secret = new byte[32];

    private KafkaService(Surroundings surroundings, List<ApiHandler> parts) {
        this.surroundings = surroundings;
        this.apis = new ApiTable(parts);
        this.notes = new RequestNotes(surroundings.broker().administration());
        new SecureRandom().nextBytes(secret);
    }

    /// Blocks, and loads most of Kafka's classes.
    public static KafkaService open(Surroundings surroundings) {
        var brokerConfigs = new KeptBrokerConfigs(surroundings.broker(), surroundings.settings());
        var kept = new KeptGroupConfigs(surroundings.broker(), surroundings.settings());
        var groupConfigs = GroupConfigs.of(kept, surroundings.settings());
        var groups = new GroupCoordination(
                surroundings.broker(), surroundings.cluster(), surroundings.settings(), groupConfigs);
        var transactions = new TransactionCoordination(surroundings, groups::completeTransaction, brokerConfigs);
        var gate = new Gate(transactions);
        List<ApiHandler> parts = new ArrayList<>();
        parts.addAll(MetadataHandlers.of(surroundings));
        parts.addAll(AdminHandlers.of(surroundings, brokerConfigs, kept, groupConfigs));
        parts.addAll(SecurityHandlers.of(surroundings));
        parts.addAll(GroupHandlers.of(surroundings, groups, gate));
        parts.addAll(TransactionHandlers.of(surroundings, transactions, groups::offsetsOf));
        parts.add(new ProduceHandler(surroundings, gate));
        var fetched = FetchMemory.ofThisProcess();
        parts.add(new FetchHandler(surroundings, fetched));
        parts.addAll(ShareHandlers.of(surroundings, groupConfigs, fetched));
        parts.add(new OffsetsHandler());
        transactions.resume();
        return new KafkaService(surroundings, parts);
    }

    Surroundings surroundings() {
        return surroundings;
    }

    /// Of this process.
    byte[] secret() {
        return secret.clone();
    }

    ApiTable apis() {
        return apis;
    }

    /// Begins to answer, and writes down what operators do and what is refused.
    CompletionStage<? extends AbstractResponse> answer(KafkaRequest request) {
        return notes.noting(request, apis.answer(request));
    }

    /// Blocks until nothing of the protocol runs any more.
    @Override
    public void close() {
        for (ApiHandler handler : apis.handlers()) {
            try {
                handler.close();
            } catch (RuntimeException fault) {
                LOG.log(Level.ERROR, handler + " did not close in order", fault);
            }
        }
    }
}
