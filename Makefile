SHELL := /bin/bash
.DEFAULT_GOAL := help
# Exported only where it is given, because a given one decides over an existing .venv.
ifdef PYTHON
export PYTHON
endif
python := .venv/bin/python
run := $(python) -m

recipes = $(filter-out promotion,$(sort $(notdir $(basename $(wildcard models_py/configs/*.toml)))))

# What a target is told counts from the command line alone: a shell may have
# variables of these names that mean something else.
given = $(if $(findstring command,$(origin $(1))),$($(1)))
option = $(if $(call given,$(1)),$(2) $(call given,$(1)))

# A query reaches the program as it is, quotes and dollars included.
ifeq ($(origin Q),command line)
override Q := $(value Q)
export Q
else
unexport Q
endif

.PHONY: help
help: ## Show this help
	@echo "Marquee: raw MovieLens files to recommendations over HTTP, on one machine"
	@echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort -s -k1,1 \
	  | awk -F ':.*## ' '{ printf "  make %-16s %s\n", $$1, $$2 }'
	@echo
	@echo "  MARQUEE_DATASET=ml-1m make up     works on another edition (make editions lists them)"
	@echo "  MARQUEE_HOME=/some/folder make up keeps all state in another folder"

.PHONY: environment environment-dev environment-ui
environment:
	@scripts/bootstrap.sh requirements.lock
environment-dev:
	@scripts/bootstrap.sh requirements-dev.lock
environment-ui:
	@scripts/bootstrap.sh requirements-ui.lock

# Usage is checked before the environment is made. A word such as "yes" or "true"
# means a dry run to whoever writes it, so it is no reason for a real one.
.PHONY: needs-dry-run
needs-dry-run:
	@[ -z "$(filter-out 0 1,$(call given,DRY_RUN))" ] || { echo 'usage: make retrain [DRY_RUN=1]' >&2; exit 2; }

.PHONY: up pipeline retrain rollback schedule data build train api
up: pipeline api ## Do everything, then serve the API until Ctrl-C
api: environment ## Serve the API on http://127.0.0.1:8000 until Ctrl-C (MARQUEE_API_PORT moves it)
	@exec $(run) webapp serve
pipeline: environment ## Fetch, build, train, promote, export and publish, then exit
	@$(run) models_py pipeline
retrain: needs-dry-run environment ## Take in new interactions, rebuild, train, promote or keep: make retrain [DRY_RUN=1]
	@$(run) models_py retrain $(if $(filter 1,$(call given,DRY_RUN)),--dry-run)
rollback: environment ## Put an earlier bundle back into service: make rollback [VERSION=...]
	@$(run) models_py rollback $(call option,VERSION,--version)
schedule: environment ## Retrain by the clock (MARQUEE_RETRAIN_CRON) until Ctrl-C
	@exec $(run) models_py schedule
data: environment ## Fetch the edition and convert it to typed Parquet
	@$(run) warehouse fetch
build: data ## Run dbt build on the warehouse under construction
	@$(run) warehouse build
train: pipeline ## The same as pipeline: training follows what changed

.PHONY: simulate
simulate: environment ## Let people of the past visit, on a clock of their own: make simulate [DAYS=21] [AS_OF=0.8] [URL=...]
	@$(run) scripts.simulate $(call option,AS_OF,--as-of) $(call option,DAYS,--days) \
	  $(call option,SEED,--seed) $(call option,URL,--url)

.PHONY: kpis
kpis: environment ## Load the request log, make KPIs and replay figures again, publish them
	@$(run) warehouse refresh

.PHONY: report
report: environment ## Write the report of yesterday, and of all simulated days: make report [DAY=2026-11-20 | FROM= TO=]
	@$(run) warehouse refresh
	@$(run) dashboards report $(call option,DAY,--day) $(call option,FROM,--from) $(call option,TO,--to)

.PHONY: editions sql tune mlflow docs
editions: environment ## List the editions of MovieLens that can be used
	@$(run) warehouse editions
.PHONY: needs-query needs-recipe
needs-query:
	@[ -n "$$Q" ] || { echo 'usage: make sql Q="from marts.dim_movies limit 5"' >&2; exit 2; }
needs-recipe:
	@[ -n "$(call given,RECIPE)" ] || { echo "usage: make tune RECIPE=als [TRIALS=100]; recipes: $(recipes)" >&2; exit 2; }
sql: needs-query environment ## Query the published warehouse: make sql Q="from marts.dim_movies limit 5"
	@$(run) warehouse sql "$$Q"
tune: needs-recipe environment-dev ## Search hyper-parameters on folds before test, keep what the rule would promote: make tune RECIPE=als TRIALS=100
	@$(run) models_py tune $(call given,RECIPE) $(call option,TRIALS,--trials)
mlflow: environment-ui ## Open the MLflow pages on http://127.0.0.1:5000
	@$(run) models_py mlflow
docs: build ## Generate the dbt documentation with its lineage
	@$(run) warehouse docs

.PHONY: test lint bench bench-warehouse bench-quality bench-kpis bench-api service-targets
test: environment-dev ## Run every test, a real ML-100K run included
	@scripts/install_browser.sh
	@$(run) pytest --numprocesses 2 --dist loadscope --no-loadscope-reorder
lint: environment-dev ## Check style, types, SQL and who imports whom
	@$(run) ruff check .
	@$(run) ruff format --check .
	@$(run) mypy
	@$(run) sqlfluff lint dbt_project
	@$(run) sqlfluff lint --templater placeholder dashboards
	@.venv/bin/lint-imports
bench: environment ## Measure speed and memory of the pipeline (median of runs)
	@$(run) scripts.benchmark_pipeline
bench-warehouse: environment ## Measure dbt on 25 million synthetic ratings against bare SQL
	@$(run) scripts.benchmark_warehouse
bench-quality: environment ## Compare with published figures on ML-1M
	@$(run) scripts.benchmark_quality
bench-kpis: environment ## Measure make kpis over a million logged requests, and over a day more
	@$(run) scripts.benchmark_kpis
bench-api: environment-dev ## Measure the API beside its own floor and FastAPI (needs wrk)
	@$(run) scripts.benchmark_api
service-targets: environment ## Hold the API against its service targets: five minutes of load
	@$(run) scripts.service_targets

.PHONY: clean
clean: ## Remove the environment and caches; the state in MARQUEE_HOME stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
