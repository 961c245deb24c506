package io.posthorn.verification.bench.kafka;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/// Answers producers at once and keeps nothing: what a client can do by itself.
public final class NullKafka implements AutoCloseable {
    private static final Uuid TOPIC = new Uuid(1, 2);

    private final ServerSocket listener;

    public NullKafka() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("null-accept").start(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                Thread.ofPlatform().daemon().name("null").start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket;
                var in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
                var out = new DataOutputStream(socket.getOutputStream())) {
            while (true) {
                byte[] frame = new byte[in.readInt()];
                in.readFully(frame);
                ByteBuffer answer = answer(ByteBuffer.wrap(frame));
                if (answer != null) {
                    out.write(answer.array(), 0, answer.limit());
                    out.flush();
                }
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private @Nullable ByteBuffer answer(ByteBuffer frame) {
        RequestHeader header = RequestHeader.parse(frame);
        short version = header.apiVersion();
        ApiMessage body = switch (header.apiKey()) {
            case API_VERSIONS -> apiVersions();
            case METADATA -> metadata(new MetadataRequestData(new ByteBufferAccessor(frame), version));
            case INIT_PRODUCER_ID ->
                new InitProducerIdResponseData().setProducerId(1).setProducerEpoch((short) 0);
            case PRODUCE -> produced(new ProduceRequestData(new ByteBufferAccessor(frame), version));
            default -> throw new UncheckedIOException(new IOException("nobody asks for " + header));
        };
        if (header.apiKey() == ApiKeys.PRODUCE && body.equals(NOTHING)) {
            return null;
        }
        short headerVersion = header.apiKey().responseHeaderVersion(version);
        ByteBuffer head = MessageUtil.toByteBufferAccessor(
                        new ResponseHeaderData().setCorrelationId(header.correlationId()), headerVersion)
                .buffer();
        ByteBuffer rest = MessageUtil.toByteBufferAccessor(body, version).buffer();
        ByteBuffer whole = ByteBuffer.allocate(4 + head.remaining() + rest.remaining());
        return whole.putInt(head.remaining() + rest.remaining())
                .put(head)
                .put(rest)
                .flip();
    }

    private static final ProduceResponseData NOTHING = new ProduceResponseData().setThrottleTimeMs(-1);

    private static ApiVersionsResponseData apiVersions() {
        var versions = new ApiVersionsResponseData.ApiVersionCollection();
        for (ApiKeys key : List.of(ApiKeys.API_VERSIONS, ApiKeys.METADATA, ApiKeys.INIT_PRODUCER_ID, ApiKeys.PRODUCE)) {
            versions.add(new ApiVersionsResponseData.ApiVersion()
                    .setApiKey(key.id)
                    .setMinVersion(key.oldestVersion())
                    .setMaxVersion(key == ApiKeys.PRODUCE ? (short) 12 : key.latestVersion()));
        }
        return new ApiVersionsResponseData().setApiKeys(versions);
    }

    private MetadataResponseData metadata(MetadataRequestData request) {
        var data = new MetadataResponseData().setClusterId("null").setControllerId(1);
        data.brokers()
                .add(new MetadataResponseData.MetadataResponseBroker()
                        .setNodeId(1)
                        .setHost("127.0.0.1")
                        .setPort(port()));
        if (request.topics() != null) {
            for (var topic : request.topics()) {
                data.topics()
                        .add(new MetadataResponseData.MetadataResponseTopic()
                                .setName(topic.name())
                                .setTopicId(TOPIC)
                                .setPartitions(List.of(new MetadataResponseData.MetadataResponsePartition()
                                        .setPartitionIndex(0)
                                        .setLeaderId(1)
                                        .setLeaderEpoch(0)
                                        .setReplicaNodes(List.of(1))
                                        .setIsrNodes(List.of(1)))));
            }
        }
        return data;
    }

    private static ProduceResponseData produced(ProduceRequestData request) {
        if (request.acks() == 0) {
            return NOTHING;
        }
        var data = new ProduceResponseData();
        for (var topic : request.topicData()) {
            var answer = new ProduceResponseData.TopicProduceResponse().setName(topic.name());
            for (var partition : topic.partitionData()) {
                answer.partitionResponses()
                        .add(new ProduceResponseData.PartitionProduceResponse()
                                .setIndex(partition.index())
                                .setBaseOffset(0));
            }
            data.responses().add(answer);
        }
        return data;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
