package io.posthorn.server;

import io.posthorn.broker.Broker;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Done;
import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.topology.Topology;
import io.posthorn.console.Answers;
import io.posthorn.console.definitions.Definitions;
import io.posthorn.console.definitions.DefinitionsException;
import io.posthorn.console.definitions.DefinitionsPlan;
import io.posthorn.console.definitions.DefinitionsReader;
import io.posthorn.console.definitions.FirstUser;
import io.posthorn.console.definitions.ImportedFile;
import io.posthorn.server.config.ServerConfig;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/// What was decided before the start: a first user, and a file of definitions. It is so before anybody is let in, or
/// nobody is.
record Provisions(Broker broker) {
    private static final System.Logger LOG = System.getLogger(Provisions.class.getName());
    private static final Actor BY = new Actor(Principal.OWNER, "the start");

    /// @throws StartFailure when it cannot be made so
    void make(ServerConfig.Provisions wanted) {
        wanted.firstUser().ifPresent(this::makeFirst);
        wanted.definitions().ifPresent(this::importFile);
    }

    private void makeFirst(ServerConfig.FirstUser user) {
        var topology = topology();
        if (FirstUser.isWanted(topology)) {
            apply(
                    FirstUser.changes(topology, user.name(), hash(user.password()), user.virtualHost()),
                    "The first user '" + user.name() + "' cannot be made");
        }
    }

    private void importFile(Path path) {
        byte[] file = read(path);
        if (ImportedFile.isImported(file, topology())) {
            LOG.log(Level.INFO, "the definitions in {0} are those that were imported last", path);
            return;
        }
        String failure = "The definitions in " + path + " cannot be imported, and nothing of them was";
        var definitions = parse(file, failure);
        definitions.notes().forEach(note -> LOG.log(Level.WARNING, "{0}: {1}", path, note));
        var plan = DefinitionsPlan.of(definitions, broker.administration(), BY);
        plan.refusal().ifPresent(refusal -> {
            throw new StartFailure(failure + ": " + refusal + ".");
        });
        var changes = new ArrayList<>(definitions.changes());
        changes.add(ImportedFile.changeTo(file));
        apply(changes, failure);
        LOG.log(
                Level.INFO,
                "the definitions in {0} are imported: {1} statements",
                path,
                definitions.stated().size());
    }

    private static byte[] read(Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw new StartFailure("There is no file " + path + ", which definitions.file names.");
        } catch (IOException e) {
            throw new StartFailure("The file " + path + ", which definitions.file names, cannot be read: " + e + ".");
        }
    }

    private Definitions parse(byte[] file, String failure) {
        try {
            return DefinitionsReader.read(file, topology(), this::hash);
        } catch (DefinitionsException e) {
            throw new StartFailure(failure + ":\n" + e.getMessage());
        }
    }

    private Credential hash(String password) {
        return broker.passwords().credential(password.getBytes(StandardCharsets.UTF_8));
    }

    private Topology topology() {
        return broker.administration().current();
    }

    private void apply(List<AdminChange> changes, String failure) {
        try {
            Answers.<Done>await(reply -> broker.administration().apply(BY, changes, reply));
        } catch (BrokerException e) {
            throw new StartFailure(failure + ": " + e.getMessage() + ".");
        } catch (TimeoutException e) {
            throw new StartFailure(failure + ": the disk does not answer.");
        }
    }
}
