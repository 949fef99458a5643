{{ kpis_by_period('hour', 'timestamp', 60) }}
