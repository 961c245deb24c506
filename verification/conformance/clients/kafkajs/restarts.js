// Produces and reads in a group until it is told that it is enough: restarts.js TOPIC. KAFKA names the broker.
//
// It says when it is under way. To a line of its input it says when the next record has been acknowledged; to `enough`, at
// the end, how many records that were acknowledged it has not read, and how many are in the log twice.
import kafkajs from "kafkajs";

const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 200 };
const kafka = new kafkajs.Kafka({ brokers: [process.env.KAFKA], logLevel: kafkajs.logLevel.NOTHING, retry });
const topic = process.argv[2];

let enough = false;
let asked = false;
process.stdin.on("data", (line) => (String(line) === "enough\n" ? (enough = true) : (asked = true)));

const places = new Map();
const twice = new Set();
const acknowledged = [];
let read = () => {};
const consumer = kafka.consumer({ groupId: topic, heartbeatInterval: 300, sessionTimeout: 10000, retry });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await consumer.run({
  eachMessage: async ({ partition, message }) => {
    if (places.size === 0) console.log("under way");
    const value = message.value.toString();
    const place = `${partition}@${message.offset}`;
    if ((places.get(value) ?? place) !== place) twice.add(value);
    places.set(value, place);
    read();
  },
});

const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry });
await producer.connect();
for (let n = 1; !enough; n++) {
  await producer.send({ topic, messages: [{ value: String(n) }] });
  acknowledged.push(String(n));
  if (asked) console.log("went on");
  asked = false;
}
await producer.disconnect();

const missing = () => acknowledged.filter((value) => !places.has(value)).length;
await new Promise((resolve) => {
  read = () => missing() === 0 && resolve();
  read();
});
console.log("missing", missing(), "twice", twice.size);
process.exit(0);
