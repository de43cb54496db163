package io.stablesr.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A store between client and server that misbehaves: forwards HTTP/1.1 requests and spoils a share
 * of them. Counts what it forwarded by method and path.
 */
public final class FaultProxy implements AutoCloseable {
  /** What may happen to a request. */
  public enum Fault {
    /** The server answers. */
    NONE,
    /** The answer is 503 Slow Down; the server never hears of the request. */
    STATUS_503,
    /** The answer is 500; the server never hears of the request. */
    STATUS_500,
    /** The connection is reset; the server never hears of the request. */
    RESET,
    /** The answer's body breaks off in the middle. */
    CUT_BODY,
    /** The server does what it was asked, but its answer is lost. */
    LOST_ANSWER,
    /** The answer comes 1.5 seconds late. */
    DELAY
  }

  private static final List<Fault> FAULTS =
      List.of(
          Fault.STATUS_503,
          Fault.STATUS_500,
          Fault.RESET,
          Fault.CUT_BODY,
          Fault.LOST_ANSWER,
          Fault.DELAY);

  private final ServerSocket listener;
  private final InetSocketAddress server;
  private final Random random;
  private final ExecutorService threads = Executors.newCachedThreadPool(FaultProxy::daemon);
  private final ConcurrentHashMap<String, AtomicLong> forwarded = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Fault, AtomicLong> faults = new ConcurrentHashMap<>();
  private volatile double share;
  private volatile boolean readsFail;
  private volatile Consumer<String> watcher = request -> {};
  private String answerToLose = "";

  /**
   * @param server where requests are forwarded to
   * @param seed of the choice of faults
   */
  public FaultProxy(InetSocketAddress server, long seed) throws IOException {
    this.server = server;
    this.random = new Random(seed);
    this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "fault-proxy");
    thread.setDaemon(true);
    return thread;
  }

  /** The endpoint for clients. */
  public String endpoint() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** The share of requests that are spoiled, 0..1. */
  public void share(double newShare) {
    share = newShare;
  }

  /** From now on every GET of an object is answered with 503. */
  public void failReads() {
    readsFail = true;
  }

  /** Ends what {@link #failReads} began. */
  public void mendReads() {
    readsFail = false;
  }

  /** Calls this with the method and path of every request before the server hears of it. */
  public void watch(Consumer<String> newWatcher) {
    watcher = newWatcher;
  }

  /** The answer to the next request whose method and path start like this is lost. */
  public synchronized void loseNextAnswer(String start) {
    answerToLose = start;
  }

  /** Requests that were spoiled, by what happened to them. */
  public Map<Fault, Long> faults() {
    Map<Fault, Long> counts = new EnumMap<>(Fault.class);
    faults.forEach((fault, count) -> counts.put(fault, count.get()));
    return counts;
  }

  /** Successful requests of a method whose path starts and ends like this. */
  public long forwarded(String method, String pathStart, String pathEnd) {
    return forwarded.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(method + " " + pathStart))
        .filter(entry -> entry.getKey().endsWith(pathEnd))
        .mapToLong(entry -> entry.getValue().get())
        .sum();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket upstream = new Socket()) {
      upstream.connect(server, 5_000);
      InputStream fromClient = new BufferedInputStream(client.getInputStream());
      InputStream fromServer = new BufferedInputStream(upstream.getInputStream());
      while (exchange(client, fromClient, upstream.getOutputStream(), fromServer)) {
        // The next request on the same connection.
      }
    } catch (IOException e) {
      // A broken connection is what this class is for.
    }
  }

  private boolean exchange(
      Socket client, InputStream fromClient, OutputStream toServer, InputStream fromServer)
      throws IOException {
    Head request = Head.read(fromClient);
    if (request == null) {
      return false;
    }
    OutputStream toClient = client.getOutputStream();
    if ("100-continue".equalsIgnoreCase(request.field("expect"))) {
      toClient.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      toClient.flush();
    }
    byte[] body = request.body(fromClient, /* answerTo */ "");
    Fault fault = choose(request);
    switch (fault) {
      case STATUS_503 -> {
        refuse(toClient, request, "503 Slow Down", "SlowDown");
        return true;
      }
      case STATUS_500 -> {
        refuse(toClient, request, "500 Internal Server Error", "InternalError");
        return true;
      }
      case RESET -> {
        client.setSoLinger(true, 0);
        return false;
      }
      default -> {}
    }
    watcher.accept(request.line());
    toServer.write(request.withoutExpect());
    toServer.write(body);
    toServer.flush();
    Head answer = Head.read(fromServer);
    while (answer != null && answer.first.contains(" 100 ")) {
      answer = Head.read(fromServer);
    }
    if (answer == null) {
      return false;
    }
    byte[] content = answer.body(fromServer, request.method());
    if (answer.first.contains(" 2")) {
      forwarded.computeIfAbsent(request.line(), key -> new AtomicLong()).incrementAndGet();
    }
    return reply(client, toClient, answer, content, fault);
  }

  private static boolean reply(
      Socket client, OutputStream toClient, Head answer, byte[] content, Fault fault)
      throws IOException {
    if (fault == Fault.LOST_ANSWER) {
      client.setSoLinger(true, 0);
      return false;
    }
    if (fault == Fault.DELAY) {
      sleep();
    }
    toClient.write(answer.bytes);
    if (fault == Fault.CUT_BODY && content.length > 1) {
      toClient.write(content, 0, content.length / 2);
      toClient.flush();
      return false;
    }
    toClient.write(content);
    toClient.flush();
    return !"close".equalsIgnoreCase(answer.field("connection"));
  }

  private static void sleep() throws IOException {
    try {
      Thread.sleep(1_500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private synchronized Fault choose(Head request) {
    if (readsFail && request.method().equals("GET") && !request.line().contains("?")) {
      return counted(Fault.STATUS_503);
    }
    if (!answerToLose.isEmpty() && request.line().startsWith(answerToLose)) {
      answerToLose = "";
      return counted(Fault.LOST_ANSWER);
    }
    if (random.nextDouble() >= share) {
      return Fault.NONE;
    }
    return counted(FAULTS.get(random.nextInt(FAULTS.size())));
  }

  private Fault counted(Fault fault) {
    faults.computeIfAbsent(fault, key -> new AtomicLong()).incrementAndGet();
    return fault;
  }

  private static void refuse(OutputStream toClient, Head request, String status, String code)
      throws IOException {
    String error = "<Error><Code>%s</Code><Message>injected</Message></Error>".formatted(code);
    // Bytes after the answer to a HEAD would be taken for the start of the next answer.
    String body = request.method().equals("HEAD") ? "" : error;
    toClient.write(
        "HTTP/1.1 %s\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(status, body.length(), body)
            .getBytes(StandardCharsets.US_ASCII));
    toClient.flush();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }

  /** The head of a message: first line and fields. */
  private static final class Head {
    private final byte[] bytes;
    private final String first;
    private final String text;

    private Head(byte[] bytes) {
      this.bytes = bytes;
      this.text = new String(bytes, StandardCharsets.ISO_8859_1);
      this.first = text.substring(0, text.indexOf("\r\n"));
    }

    static Head read(InputStream in) throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      int state = 0;
      while (state < 4) {
        int next = in.read();
        if (next < 0) {
          return null;
        }
        head.write(next);
        state = next == (state % 2 == 0 ? '\r' : '\n') ? state + 1 : next == '\r' ? 1 : 0;
      }
      return new Head(head.toByteArray());
    }

    String method() {
      return first.substring(0, first.indexOf(' '));
    }

    /** Method and path. */
    String line() {
      return first.substring(0, first.lastIndexOf(' '));
    }

    String field(String name) {
      for (String line : text.split("\r\n", -1)) {
        if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
          return line.substring(name.length() + 1).strip();
        }
      }
      return "";
    }

    byte[] withoutExpect() {
      return text.replaceAll("(?i)\r\nexpect:[^\r\n]*", "").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The body that follows; chunks stay framed. */
    byte[] body(InputStream in, String answerTo) throws IOException {
      if (answerTo.equals("HEAD") || first.contains(" 204 ") || first.contains(" 304 ")) {
        return new byte[0];
      }
      if (field("transfer-encoding").equalsIgnoreCase("chunked")) {
        return chunks(in);
      }
      String length = field("content-length");
      return length.isEmpty() ? new byte[0] : in.readNBytes(Integer.parseInt(length));
    }

    private static byte[] chunks(InputStream in) throws IOException {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      while (true) {
        String size = line(in);
        all.write((size + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        int length = Integer.parseInt(size.split(";", -1)[0].strip(), 16);
        all.write(in.readNBytes(length));
        all.write((line(in) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        if (length == 0) {
          return all.toByteArray();
        }
      }
    }

    private static String line(InputStream in) throws IOException {
      StringBuilder line = new StringBuilder();
      for (int next = in.read(); next != '\n'; next = in.read()) {
        if (next < 0) {
          throw new IOException("The message breaks off.");
        }
        if (next != '\r') {
          line.append((char) next);
        }
      }
      return line.toString();
    }
  }
}
