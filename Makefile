# llmobs: one file, read top to bottom. `make help` lists the targets.

CC ?= cc
FLAVOUR ?= release
BUILD ?= build/$(FLAVOUR)
PREFIX ?= /usr/local
MANDIR ?= $(PREFIX)/share/man
DESTDIR ?=
FUZZ_SECONDS ?= 60
# V=1 shows the commands.
Q := $(if $(V),,@)

# The stages of lib; STAGES="base json" builds and tests only these.
ALL_STAGES := $(notdir $(patsubst %/,%,$(wildcard lib/*/)))
STAGES ?= $(ALL_STAGES)

# pkg-config is asked at the first use and only once: `make deps` may have to install it first.
once = $(eval $(1) := $(shell pkg-config $(2)))$($(1))
PACKAGES := sqlite3 libcjson libpcre2-8 zlib libzstd
PKG_CFLAGS = $(call once,PKG_CFLAGS,--cflags $(PACKAGES))
PKG_LIBS = $(call once,PKG_LIBS,--libs $(PACKAGES))
TEST_CFLAGS = $(call once,TEST_CFLAGS,--cflags criterion)
TEST_LIBS = $(call once,TEST_LIBS,--libs criterion)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes
FLAGS_release := -O2 -g
FLAGS_check := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer
FLAGS_fuzz := $(FLAGS_check) -fsanitize=fuzzer-no-link
CPPFLAGS := -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Ilib -Icmd -I$(BUILD)/gen
CFLAGS += -std=c11 -pthread $(FLAGS_$(FLAVOUR)) $(WARNINGS) $(EXTRA_CFLAGS)
LDFLAGS += -pthread $(FLAGS_$(FLAVOUR)) -Wl,--as-needed

# Sources by wildcard: a new file needs no edit here. The tests of cmd need all stages.
lib_c := $(foreach s,$(STAGES),$(wildcard lib/$(s)/*.c))
cmd_c := $(wildcard cmd/*.c)
test_c := $(filter %_test.c,$(lib_c) $(if $(filter-out $(STAGES),$(ALL_STAGES)),,$(cmd_c)))
fuzz_c := $(filter %_fuzz.c,$(lib_c))
lib_c := $(filter-out %_test.c %_fuzz.c,$(lib_c))
cmd_c := $(filter-out %_test.c %_fuzz.c,$(cmd_c))
sql := $(wildcard schemas/*.sql schemas/*/*.sql)
tsv := $(wildcard schemas/*.tsv schemas/*/*.tsv)
schema := schemas/config.schema.json schemas/rules.schema.json
rules := $(wildcard schemas/rules/*.json)
man_in := $(wildcard man/*.1.in)

lib_o := $(lib_c:%.c=$(BUILD)/%.o)
cmd_o := $(cmd_c:%.c=$(BUILD)/%.o)
constants_o := $(addprefix $(BUILD)/gen/,sql.o tsv.o schema.o rules.o)
tests := $(patsubst %.c,$(BUILD)/%,$(test_c))
fuzzers := $(patsubst %.c,$(BUILD)/%,$(fuzz_c))
tools := $(addprefix $(BUILD)/,workload traces measure)
completions := $(addprefix $(BUILD)/completions/,llmobs.bash _llmobs llmobs.fish)

.DELETE_ON_ERROR:

.PHONY: all
all: $(BUILD)/llmobs man completions ## the program, its manual pages and shell completions

# ---- building -----------------------------------------------------------------------------------

$(BUILD)/llmobs: $(cmd_o) $(BUILD)/libllmobs.a
	@echo "  link   $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $(cmd_o) $(BUILD)/libllmobs.a $(PKG_LIBS) -lm

$(BUILD)/libllmobs.a: $(lib_o) $(constants_o)
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/%.o: %.c
	@echo "  cc     $<"
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -Wconversion -MMD -MP -c -o $@ $<

# Criterion's macros trip -Wconversion.
$(BUILD)/%_test.o: %_test.c
	@echo "  cc     $<"
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(TEST_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/lib/%_test: $(BUILD)/lib/%_test.o $(BUILD)/libllmobs.a
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) $(TEST_LIBS) -lm

# Tests of cmd link its objects, without main.
$(BUILD)/cmd/%_test: $(BUILD)/cmd/%_test.o $(filter-out %/main.o,$(cmd_o)) $(BUILD)/libllmobs.a
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) $(TEST_LIBS) -lm

# FLAVOUR=fuzz CC=clang only.
$(BUILD)/lib/%_fuzz: $(BUILD)/lib/%_fuzz.o $(BUILD)/libllmobs.a
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(PKG_LIBS) -lm

# Files become constants: schemas/queries/x_y.sql is sql_queries_x_y[] of sql.h, byte for byte, and
# schemas/prices.tsv is tsv_prices[] of tsv.h; the schemas that the program prints and the alert
# rules that it brings go the same way.
constant = $(1)_$$(echo "$${f\#schemas/}" | sed 's/\.[a-z]*$$//; s/[^A-Za-z0-9]/_/g')
$(BUILD)/gen/%.c: $(sql) $(tsv) $(schema) $(rules) Makefile
	@mkdir -p $(@D)
	$(Q){ echo '#include "$*.h"'; \
	for f in $($*); do \
		echo "const unsigned char $(call constant,$*)[] = {"; \
		od -An -v -tu1 "$$f" | sed 's/[0-9][0-9]*/&,/g'; \
		echo "0};"; \
	done; } > $@

$(BUILD)/gen/%.h: $(sql) $(tsv) $(schema) $(rules) Makefile
	@mkdir -p $(@D)
	$(Q){ for f in $($*); do \
		echo "extern const unsigned char $(call constant,$*)[];"; \
	done; } > $@

.SECONDARY: $(constants_o:.o=.c)
$(BUILD)/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/gen/%.h
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(lib_o) $(tests:%=%.o) $(fuzzers:%=%.o) $(cmd_o): | $(constants_o:.o=.h)

# The generators and the stopwatch of tests and benchmarks.
$(tools): $(BUILD)/%: testdata/bench/%.c testdata/bench/made_up.h
	@mkdir -p $(@D)
	$(Q)$(CC) -D_GNU_SOURCE -std=c11 -O2 $(WARNINGS) -o $@ $< -lm

$(BUILD)/json_speed: testdata/bench/json_speed.c $(BUILD)/libllmobs.a
	$(Q)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -o $@ $^ $(PKG_LIBS) -lm

# The program knows its options; man/*.1.in holds the prose. The pages are kept in git, so that they
# can be read without a build; only those that differ are written.
.PHONY: man
man: $(BUILD)/llmobs ## write the manual pages man/*.1 from the program and man/*.1.in
	$(Q)set -e; for f in $(man_in); do \
		verb=$$(basename $$f .1.in); verb=$${verb#llmobs}; \
		$(BUILD)/llmobs help --man $${verb#-} < $$f > $(BUILD)/page; \
		cmp -s $(BUILD)/page $${f%.in} || cp $(BUILD)/page $${f%.in}; \
	done
	$(Q)man/formats.sh $(BUILD)/llmobs > $(BUILD)/page
	$(Q)cmp -s $(BUILD)/page man/llmobs-formats.7 || cp $(BUILD)/page man/llmobs-formats.7

.PHONY: completions
completions: $(completions)
$(BUILD)/completions/llmobs.bash: for_shell = bash
$(BUILD)/completions/_llmobs: for_shell = zsh
$(BUILD)/completions/llmobs.fish: for_shell = fish
$(completions): $(BUILD)/llmobs
	@mkdir -p $(@D)
	$(Q)$(BUILD)/llmobs completion $(for_shell) > $@

# ---- testing ------------------------------------------------------------------------------------

.PHONY: deps
deps: ## install missing Debian packages, or say which
	$(Q).ci/deps build

# A make of its own, so that everything is looked up after it was installed.
.PHONY: test
test: deps ## unit tests, golden cases and the examples in the documents
	$(Q)$(MAKE) --no-print-directory run-tests

.PHONY: run-tests
run-tests: $(BUILD)/llmobs $(tests) $(tools)
	$(Q)BUILD=$(BUILD) UNITS="$(tests)" testdata/run.sh

.PHONY: units
units: $(tests) ## build and run the unit tests
	$(Q)set -e; for t in $(tests); do $(RUNNER) $$t $(TEST_FLAGS); done

.PHONY: check
check: ## all tests under ASan and UBSan, then the unit tests under valgrind
	$(Q).ci/deps build check
	$(Q)$(MAKE) --no-print-directory FLAVOUR=check BUILD=build/check run-tests
	$(Q)$(MAKE) --no-print-directory FLAVOUR=release BUILD=build/release run-valgrind

# Criterion starts each test as a process of its own, hence --trace-children.
.PHONY: run-valgrind
run-valgrind: $(tests)
	$(Q)BUILD=$(BUILD) UNITS="$(tests)" ONLY_UNITS=1 ONLY_QUICK=1 \
	RUNNER="valgrind -q --trace-children=yes --error-exitcode=99 --leak-check=full \
	--errors-for-leak-kinds=definite --show-leak-kinds=definite" testdata/run.sh

.PHONY: slow
slow: $(BUILD)/llmobs ## what holds over many seeds: rates of false verdicts; minutes
	$(Q)set -e; for f in testdata/slow/*.sh; do echo "  slow   $$f"; \
		BUILD=$(BUILD) PATH="$(abspath $(BUILD)):$$PATH" TESTDATA=testdata sh $$f; done

.PHONY: golden
golden: $(BUILD)/llmobs $(tools) ## rewrite what the golden cases expect; read the diff afterwards
	$(Q)BUILD=$(BUILD) UPDATE=1 testdata/run.sh

.PHONY: bench
bench: $(BUILD)/llmobs $(tools) $(BUILD)/json_speed ## speed against other tools on the same machine
	$(Q)testdata/bench/run.sh $(BUILD)

.PHONY: bench-quick
bench-quick: $(BUILD)/llmobs $(tools) $(BUILD)/json_speed ## the same in under a minute, with small logs
	$(Q)BENCH_LINES=200000 BENCH_SMALL=20000 BENCH_RUNS=3 BENCH_MIB=64 BENCH_BIG_MIB=0 \
		testdata/bench/run.sh $(BUILD)

.PHONY: profile
profile: $(BUILD)/llmobs $(tools) ## where the time of an ingest and of a report goes (perf, else callgrind)
	$(Q)testdata/bench/profile.sh $(BUILD)

.PHONY: fuzz
fuzz: ## each parser under libFuzzer for FUZZ_SECONDS
	$(Q).ci/deps build fuzz
	$(Q)$(MAKE) --no-print-directory FLAVOUR=fuzz BUILD=build/fuzz CC=clang run-fuzzers

.PHONY: run-fuzzers
run-fuzzers: $(fuzzers)
	$(Q)set -e; for f in $(fuzzers); do \
		name=$$(basename $$f _fuzz); seeds=testdata/fuzz/$$name; \
		echo "  fuzz   $$name"; mkdir -p $(BUILD)/corpus/$$name; \
		$$f -max_total_time=$(FUZZ_SECONDS) -verbosity=0 -print_final_stats=1 \
			-artifact_prefix=$(BUILD)/crash-$$name- \
			$(BUILD)/corpus/$$name $$(if [ -d $$seeds ]; then echo $$seeds; fi); \
	done

.PHONY: lint
lint: all ## include rules, manual pages, cppcheck and clang-tidy
	$(Q).ci/deps build lint
	$(Q).ci/includes
	$(Q)mandoc -Tlint -Wwarning man/*.[17]
	$(Q)cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,portability \
		--suppressions-list=.ci/cppcheck -D_GNU_SOURCE -Ilib -Icmd -I$(BUILD)/gen \
		$(lib_c) $(cmd_c)
	$(Q)clang-tidy --quiet $(lib_c) $(cmd_c) -- -std=c11 $(CPPFLAGS) $(PKG_CFLAGS)

.PHONY: fmt
fmt: ## clang-format over all sources
	$(Q)clang-format -i $$(find lib cmd testdata -name '*.[ch]')

# ---- using --------------------------------------------------------------------------------------

.PHONY: demo
demo: deps ## a made-up log through ingest and report, in build/demo
	$(Q)$(MAKE) --no-print-directory $(BUILD)/llmobs
	$(Q)rm -rf build/demo && mkdir -p build/demo && testdata/demo.sh > build/demo/logs.jsonl
	$(Q)cd build/demo && PATH="$(abspath $(BUILD)):$$PATH" && set -x && \
		llmobs ingest logs.jsonl && llmobs report --by feature

bin = $(DESTDIR)$(PREFIX)/bin
share = $(DESTDIR)$(PREFIX)/share

.PHONY: install
install: all ## to PREFIX (default /usr/local) below DESTDIR
	install -d $(bin) $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man7 $(share)/bash-completion/completions \
		$(share)/zsh/site-functions $(share)/fish/vendor_completions.d
	install -m 755 $(BUILD)/llmobs $(bin)/llmobs
	install -m 644 $(man_in:%.in=%) $(DESTDIR)$(MANDIR)/man1
	install -m 644 man/llmobs-formats.7 $(DESTDIR)$(MANDIR)/man7
	install -m 644 $(BUILD)/completions/llmobs.bash $(share)/bash-completion/completions/llmobs
	install -m 644 $(BUILD)/completions/_llmobs $(share)/zsh/site-functions/_llmobs
	install -m 644 $(BUILD)/completions/llmobs.fish $(share)/fish/vendor_completions.d/llmobs.fish

.PHONY: uninstall
uninstall: ## takes away what install put there
	rm -f $(bin)/llmobs $(man_in:man/%.in=$(DESTDIR)$(MANDIR)/man1/%) \
		$(DESTDIR)$(MANDIR)/man7/llmobs-formats.7 \
		$(share)/bash-completion/completions/llmobs $(share)/zsh/site-functions/_llmobs \
		$(share)/fish/vendor_completions.d/llmobs.fish

.PHONY: clean
clean: ## remove build/
	rm -rf build

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
