package io.stablesr.train;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.Adam;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TrainableWeights;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/**
 * Trains weights by an objective: every worker computes the gradient of a share of the batch in its
 * own replica, the optimiser sums them up. A run that finds a state in its folder continues it; the
 * steps are then the same as without the interruption.
 *
 * @param <N> the networks of a worker
 */
final class TrainingLoop<N extends TrainedNetworks> {
  static final String STATE = "state.safetensors";
  private static final String CURVE = "curve.csv";

  /** TensorBoard looks for files whose names contain tfevents. */
  private static final String EVENTS = "curve.tfevents";

  private final LoopOptions options;
  private final OptimizerOptions optimizer;
  private final Objective<N> objective;
  private final Validation validation;
  private final PrintWriter log;
  private final BooleanSupplier stopped;
  private final Clock clock;

  /** What is done with the weights now and then. */
  interface Validation {
    /** Measures the averaged weights; the values go to the curve. */
    Map<String, Double> measure(long step, Adam adam) throws IOException;
  }

  TrainingLoop(
      LoopOptions options,
      OptimizerOptions optimizer,
      Objective<N> objective,
      Validation validation,
      PrintWriter log,
      BooleanSupplier stopped,
      Clock clock) {
    this.options = options;
    this.optimizer = optimizer;
    this.objective = objective;
    this.validation = validation;
    this.log = log;
    this.stopped = stopped;
    this.clock = clock;
  }

  /**
   * Networks over a replica.
   *
   * @param <N> of this kind
   */
  interface NetworkMaker<N extends TrainedNetworks> {
    N over(TrainableWeights.Replica replica);
  }

  /** Runs to the last step or until told to stop. */
  void run(TensorEngine engine, TrainableWeights weights, NetworkMaker<N> maker)
      throws IOException {
    Files.createDirectories(options.folder());
    List<Objective<N>> players = players();
    List<Adam> adams = new ArrayList<>();
    List<TrainableWeights.Replica> replicas = new ArrayList<>();
    List<N> networks = new ArrayList<>();
    ExecutorService pool = Executors.newFixedThreadPool(options.workers());
    try {
      for (int worker = 0; worker < options.workers(); worker++) {
        replicas.add(
            weights.replica(key -> players.stream().anyMatch(player -> player.trains(key))));
        networks.add(maker.over(replicas.get(worker)));
      }
      for (Objective<N> player : players) {
        adams.add(engine.adam(weights, replicas, player::trains));
      }
      steps(weights, adams, networks, pool);
    } finally {
      adams.forEach(Adam::close);
      pool.shutdownNow();
      networks.forEach(TrainedNetworks::close);
      replicas.forEach(TrainableWeights.Replica::close);
    }
  }

  private void steps(
      TrainableWeights weights, List<Adam> adams, List<N> networks, ExecutorService pool)
      throws IOException {
    Path state = options.folder().resolve(STATE);
    CurveFile curve =
        new CurveFile(
            options.folder().resolve(CURVE),
            new EventFile(options.folder().resolve(EVENTS), clock));
    long done = 0;
    if (Files.exists(state)) {
      done = TrainingState.read(state, options.stage(), weights, adams);
      log.printf("continues after step %d%n", done);
    }
    curve.continueAfter(done);
    Means means = new Means();
    long saved = clock.millis();
    long since = saved;
    if (done == 0) {
      validate(curve, adams.get(0), 0);
    }
    while (done < options.steps() && !stopped.getAsBoolean()) {
      done++;
      for (int player = 0; player < adams.size(); player++) {
        Objective<N> mover = players().get(player);
        shares(mover, networks, pool, done).forEach(means::add);
        double scale = 1.0 / options.workers();
        double norm = adams.get(player).step(done, optimizer.step(done, scale, mover.rateFactor()));
        means.add(Map.of(player == 0 ? "gradient" : "gradient-" + (player + 1), norm));
      }
      if (done % options.curveSteps() == 0) {
        Map<String, Double> values = means.take();
        values.put("rate", optimizer.learningRate().at(done));
        long now = clock.millis();
        values.put("seconds", (now - since) / 1e3 / options.curveSteps());
        since = now;
        curve.append(done, values);
        say(done, values);
      }
      if (done % options.validationSteps() == 0) {
        validate(curve, adams.get(0), done);
        since = clock.millis();
      }
      if (clock.millis() - saved > options.checkpointSeconds() * 1000L) {
        TrainingState.write(state, done, options.stage(), weights, adams);
        saved = clock.millis();
      }
    }
    TrainingState.write(state, done, options.stage(), weights, adams);
    log.printf("state after step %d: %s%n", done, state);
    log.flush();
  }

  private void validate(CurveFile curve, Adam adam, long step) throws IOException {
    Map<String, Double> values = validation.measure(step, adam);
    if (!values.isEmpty()) {
      curve.append(step, values);
      say(step, values);
    }
  }

  private void say(long step, Map<String, Double> values) {
    StringBuilder line = new StringBuilder("step " + step);
    values.forEach(
        (name, value) -> line.append(String.format(Locale.ROOT, " %s %.5g", name, value)));
    log.println(line);
    log.flush();
  }

  private List<Objective<N>> players() {
    List<Objective<N>> players = new ArrayList<>(List.of(objective));
    players.addAll(objective.opponents());
    return players;
  }

  private List<Map<String, Double>> shares(
      Objective<N> player, List<N> networks, ExecutorService pool, long step) {
    List<Future<Map<String, Double>>> futures = new ArrayList<>();
    for (int worker = 0; worker < networks.size(); worker++) {
      N own = networks.get(worker);
      SplittableRandom random =
          new SplittableRandom(options.seed() * 1_000_003 + step * 1009 + worker);
      futures.add(
          pool.submit(
              () -> {
                TensorEngine.recordGradients(TensorEngine.Recording.ON);
                return player.share(own, random, step);
              }));
    }
    List<Map<String, Double>> shares = new ArrayList<>();
    RuntimeException failure = null;
    for (Future<Map<String, Double>> future : futures) {
      try {
        shares.add(future.get());
      } catch (ExecutionException e) {
        failure =
            e.getCause() instanceof RuntimeException runtime
                ? runtime
                : new StableSrException(ErrorCode.INTERNAL, "A training step failed: " + e, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = new StableSrException(ErrorCode.CANCELLED, "Training was interrupted.", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return shares;
  }

  /** Means of what shares returned. */
  private static final class Means {
    private final Map<String, Double> sums = new LinkedHashMap<>();
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    void add(Map<String, Double> values) {
      values.forEach(
          (name, value) -> {
            sums.merge(name, value, Double::sum);
            counts.merge(name, 1, Integer::sum);
          });
    }

    Map<String, Double> take() {
      Map<String, Double> means = new LinkedHashMap<>();
      sums.forEach((name, sum) -> means.put(name, sum / counts.get(name)));
      sums.clear();
      counts.clear();
      return means;
    }
  }
}
