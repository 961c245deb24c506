// What users of kafkajs do with records: records.js FEATURE TOPIC. KAFKA names the broker; TOPIC has 4 partitions.
import kafkajs from "kafkajs";

const kafka = new kafkajs.Kafka({ clientId: "me", brokers: [process.env.KAFKA], logLevel: kafkajs.logLevel.NOTHING });
const [feature, topic] = process.argv.slice(2);

/** The first records of the topic, so many. */
async function read(count) {
  const consumer = kafka.consumer({ groupId: topic });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const messages = [];
  let all;
  const enough = new Promise((resolve) => (all = resolve));
  await consumer.run({ eachMessage: async ({ message }) => messages.push(message) === count && all() });
  await enough;
  await consumer.disconnect();
  return messages;
}

const features = {
  /** Every way to acknowledge, compressed and not; keys, headers, nulls. */
  async produced() {
    const producer = kafka.producer();
    await producer.connect();
    for (const acks of [0, 1, -1]) {
      for (const compression of [kafkajs.CompressionTypes.None, kafkajs.CompressionTypes.GZIP]) {
        const key = `${acks} ${compression}`;
        const messages = [
          { key, value: "x".repeat(1000), headers: { h: Buffer.from([0, 255]) } },
          { key, value: null },
        ];
        await producer.send({ topic, acks, compression, messages });
      }
    }
    await producer.disconnect();
    const lines = (await read(12)).map(
      ({ key, value, headers }) => `${key}: ${value === null ? null : value.length} ${headers.h?.toString("hex") ?? "-"}`,
    );
    // Keys lie in several partitions; those of one key have kept their order.
    lines.sort((a, b) => a.split(":")[0].localeCompare(b.split(":")[0]));
    console.log(lines.join("\n"));
  },

  /** By time, from both ends, and what is deleted. */
  async found() {
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const messages = [];
    for (let n = 0; n < 10; n++) messages.push({ value: String(n), partition: 1, timestamp: String(1000000 + n * 1000) });
    const [place] = await producer.send({ topic, messages });
    console.log(place.partition, place.baseOffset);
    await producer.disconnect();
    const admin = kafka.admin();
    await admin.connect();
    const ends = async () => {
      const { low, high } = (await admin.fetchTopicOffsets(topic)).find((one) => one.partition === 1);
      return `${low} ${high}`;
    };
    console.log(await ends());
    const times = await admin.fetchTopicOffsetsByTimestamp(topic, 1003500);
    console.log(times.find((one) => one.partition === 1).offset);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 1, offset: "7" }] });
    console.log(await ends());
    console.log((await read(3)).map((message) => Number(message.value)).join());
    await admin.disconnect();
  },

  /** Topics, from the first to the last. */
  async topics() {
    const admin = kafka.admin();
    await admin.connect();
    const name = `${topic}-made`;
    const topics = [{ topic: name, numPartitions: 2, configEntries: [{ name: "retention.ms", value: "3600000" }] }];
    console.log(await admin.createTopics({ topics }), await admin.createTopics({ topics }));
    console.log((await admin.listTopics()).includes(name));
    await admin.createPartitions({ topicPartitions: [{ topic: name, count: 3 }] });
    console.log((await admin.fetchTopicMetadata({ topics: [name] })).topics[0].partitions.length);
    const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name };
    await admin.alterConfigs({ resources: [{ ...resource, configEntries: [{ name: "cleanup.policy", value: "compact" }] }] });
    const config = await admin.describeConfigs({ resources: [resource], includeSynonyms: false });
    const value = (key) => config.resources[0].configEntries.find((entry) => entry.configName === key).configValue;
    console.log(value("cleanup.policy"), value("retention.ms"));
    const cluster = await admin.describeCluster();
    console.log(cluster.brokers.length, cluster.controller);
    await admin.deleteTopics({ topics: [name] });
    console.log((await admin.listTopics()).includes(name));
    await admin.disconnect();
  },
};

await features[feature]();
